/** What clients ask over a socket: ping, auth, subscribe and unsubscribe; orders on the trade stream. */
import { isEqual, sign } from '../../query.ts';
import { push } from '../../sockets.ts';
import { asText } from './auth.ts';
import type { BybitClient } from './client.ts';
import type { Context } from './call.ts';
import { PRIVATE_TOPICS } from './pushes.ts';
import { parseTopic, topicPush } from './topics.ts';
import type { Topic } from './topics.ts';
import { trade } from './trade-requests.ts';

type Request = Readonly<Record<string, unknown>>;

const KNOWN = new Set(PRIVATE_TOPICS.flatMap((topic) => [topic, `${topic}.linear`]));

/** @param request `undefined`: no JSON object. */
export function receive(context: Context, client: BybitClient, request: Request | undefined): void {
  // A silent socket hears and says nothing, pongs neither.
  if (client.state.silent) return;
  const op = asText(request?.['op']);
  if (op === 'ping') return pong(context, client, request ?? {});
  if (op === 'auth') return authenticate(context, client, request ?? {});
  if (client.kind === 'trade') return trade(context, client, request ?? {});
  if (op === 'subscribe') return subscribe(context, client, request ?? {});
  if (op === 'unsubscribe') return unsubscribe(client, request ?? {});
  client.transmit({
    success: false,
    ret_msg: 'error:invalid op',
    conn_id: client.connId,
    request: { op, args: null },
  });
}

function pong({ books }: Context, client: BybitClient, request: Request): void {
  const args = [String(books.now())];
  const id = reqId(request);
  if (client.kind === 'public')
    client.transmit({ success: true, ret_msg: 'pong', conn_id: client.connId, ...id, op: 'ping' });
  else if (client.kind === 'private') client.transmit({ ...id, op: 'pong', args, conn_id: client.connId });
  else client.transmit({ retCode: 0, retMsg: 'OK', op: 'pong', data: args, connId: client.connId });
}

const reqId = (request: Request): object => ({ req_id: asText(request['req_id']) });

const argsOf = (request: Request): unknown[] => {
  const args = request['args'];
  return Array.isArray(args) ? args : [];
};

/** HMAC over `GET/realtime` and the expiry, which must lie ahead. */
function authenticate({ books }: Context, client: BybitClient, request: Request): void {
  const [key, expires, signature] = argsOf(request).map(asText);
  const account = [...books.accounts.values()].find((one) => one.apiKey === key);
  const proven =
    account &&
    Number(expires) > books.now() &&
    isEqual(sign(`GET/realtime${expires ?? ''}`, account.secret), signature ?? '');
  if (proven) client.account = account.name;
  if (client.kind === 'trade') {
    const outcome = proven ? { retCode: 0, retMsg: 'OK' } : { retCode: 20001, retMsg: 'auth failed' };
    client.transmit({ ...outcome, op: 'auth', connId: client.connId });
    return;
  }
  client.transmit({
    success: Boolean(proven),
    ret_msg: proven ? '' : 'Params Error',
    op: 'auth',
    conn_id: client.connId,
    ...(!proven && { request: { op: 'auth', args: [key, expires, signature] } }),
  });
}

function subscribe(context: Context, client: BybitClient, request: Request): void {
  const names = argsOf(request).map(asText);
  if (client.kind === 'private' && client.account === null)
    return refuseTopics(client, request, 'Request not authorized');
  const opened: Topic[] = [];
  for (const name of names) {
    if (client.kind === 'private' && KNOWN.has(name)) continue;
    const topic = client.kind === 'public' ? parseTopic(context.books, name) : undefined;
    if (!topic) return refuseTopics(client, request, `error:handler not found,topic:${name}`);
    opened.push(topic);
  }
  client.transmit(ack(client, request, 'subscribe'));
  if (client.kind === 'private') for (const name of names) client.privateTopics.add(name);
  for (const topic of opened) {
    client.topics.set(topic.name, topic);
    pushFirst(context, client, topic);
  }
}

function refuseTopics(client: BybitClient, request: Request, ret_msg: string): void {
  client.transmit({ ...ack(client, request, 'subscribe'), success: false, ret_msg });
}

function ack(client: BybitClient, request: Request, op: string): object {
  const ret_msg = op === 'subscribe' && client.kind === 'public' ? 'subscribe' : '';
  return { success: true, ret_msg, conn_id: client.connId, ...reqId(request), op };
}

/** Trades begin with the next one; everything else with what stands now. */
function pushFirst({ books, tape }: Context, client: BybitClient, topic: Topic): void {
  const market = books.markets.get(topic.symbol);
  if (!market) return;
  const first = topicPush(topic, { books, tape, market, trade: undefined, nowMs: books.now() });
  if (first) push(client, first);
}

function unsubscribe(client: BybitClient, request: Request): void {
  for (const name of argsOf(request).map(asText)) {
    client.topics.delete(name);
    client.privateTopics.delete(name);
  }
  client.transmit(ack(client, request, 'unsubscribe'));
}
