/** Orders over the trade socket: the same routes as over REST, in a socket's envelope. */
import type { Context, Route } from './call.ts';
import { asText, checkTimestamp, textParams } from './auth.ts';
import { batchRoutes } from './batch-routes.ts';
import { ERRORS, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { orderRoutes } from './order-routes.ts';
import type { BybitClient } from './client.ts';

const OPERATIONS: Readonly<Record<string, string>> = {
  'order.create': '/v5/order/create',
  'order.amend': '/v5/order/amend',
  'order.cancel': '/v5/order/cancel',
  'order.create-batch': '/v5/order/create-batch',
  'order.amend-batch': '/v5/order/amend-batch',
  'order.cancel-batch': '/v5/order/cancel-batch',
};

type Request = Readonly<Record<string, unknown>>;
type Signed = Extract<Route, { access: 'signed' }>;

/** Executes at once, beside the group commits of REST; no faults and no limits apply. */
export function trade(context: Context, client: BybitClient, request: Request): void {
  const { books } = context;
  const op = asText(request['op']);
  const path = OPERATIONS[op];
  const route = [...orderRoutes, ...batchRoutes].find(
    (one): one is Signed => one.path === path && one.access === 'signed',
  );
  const nowMs = books.now();
  const reply = route
    ? execute(context, client, route, request)
    : { retCode: 10404, retMsg: 'op type is not found' };
  const failed = isError(reply);
  client.transmit({
    reqId: asText(request['reqId']),
    retCode: failed ? reply.retCode : 0,
    retMsg: failed ? reply.retMsg : 'OK',
    op,
    data: failed ? {} : reply.result,
    retExtInfo: failed ? {} : (reply.extInfo ?? {}),
    header: {
      'X-Bapi-Limit': '10',
      'X-Bapi-Limit-Status': '9',
      'X-Bapi-Limit-Reset-Timestamp': String(nowMs),
      Traceid: client.connId,
      Timenow: String(nowMs),
    },
    connId: client.connId,
  });
}

function execute(context: Context, client: BybitClient, route: Signed, request: Request) {
  const { books } = context;
  const account = client.account === null ? undefined : books.accounts.get(client.account);
  if (!account) return { retCode: 10003, retMsg: 'Request not authorized' } satisfies BybitError;
  if (!account.permissions.includes('trade')) return ERRORS.noPermission;
  const nowMs = books.now();
  const header = textParams(recordOf(request['header']));
  const late = checkTimestamp(header['X-BAPI-TIMESTAMP'] ?? '', header['X-BAPI-RECV-WINDOW'] ?? '', nowMs);
  if (late) return late;
  const args = request['args'];
  const params = textParams(recordOf(Array.isArray(args) ? args[0] : undefined));
  const call = { ...context, account, params, nowMs, distortion: undefined, takeOne: () => true };
  return books.transact(() => route.run(call));
}

const recordOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
