/**
 * One BingX account's REST side: each call passes the rate limiter, ends within its deadline, and comes
 * back as a value. Nothing here retries except a read that failed for the clock.
 */
import type { ExchangeConnection, ExchangeLog, ExchangeTimeouts } from '../connection.ts';
import { DEFAULT_TIMEOUTS } from '../connection.ts';
import { withDeadline } from '../ccxt/deadline.ts';
import { faultOf, type Failure } from '../ccxt/failure.ts';
import { createCcxtClient, endpointMethod, type CcxtClient } from '../ccxt/load.ts';
import { createRedactor, type Redact } from '../ccxt/redact.ts';
import { instrument, recorded, type WireRecord } from '../ccxt/transport.ts';
import { createRateLimiter, type Priority, type RateLimiter } from '../rate-limiter.ts';
import { createExchangeClock, type ExchangeClock } from './clock.ts';
import { bucketsOf, ENDPOINTS, limiterRules, type EndpointName } from './endpoints.ts';
import { failureOfError } from './failures.ts';
import { pointClient } from './urls.ts';
import { serverTimeBody } from './wire.ts';

export type Params = Record<string, string>;

/** How one call ended. `sentAtMs` is when it left the limiter, so that a queue never counts as flight. */
export type Reply =
  | { ok: true; body: unknown; sentAtMs: number; answeredAtMs: number }
  | { ok: false; failure: Failure; sentAtMs: number; answeredAtMs: number };

export type CallOptions = {
  priority?: Priority;
  /** True for a request that could leave an order on the books. */
  placing?: boolean;
  /** Called when the request leaves. */
  onSent?: (atMs: number) => void;
};

export type BingxApi = {
  readonly account: string;
  readonly clock: ExchangeClock;
  readonly timeouts: ExchangeTimeouts;
  readonly log: ExchangeLog;
  readonly redact: Redact;
  /** The url of the swap sockets. */
  readonly socketUrl: string;
  readonly client: CcxtClient;
  call: (endpoint: EndpointName, params: Params, options?: CallOptions) => Promise<Reply>;
  /** A read: the body, or an `ExchangeFault` that names `what`. */
  read: (what: string, endpoint: EndpointName, params: Params, options?: CallOptions) => Promise<unknown>;
  /** Asks the exchange for its time. */
  measureClock: () => Promise<Failure | undefined>;
  close: () => Promise<void>;
};

const SILENT: ExchangeLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Loads ccxt's class and points it; sends nothing yet. */
export async function createBingxApi(connection: ExchangeConnection): Promise<BingxApi> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...connection.timeouts };
  const log = connection.log ?? SILENT;
  const redact = createRedactor([connection.apiKey, connection.secret]);
  const clock = createExchangeClock();
  const limiter = createRateLimiter(
    limiterRules(connection.rateLimits ?? (connection.mode === 'paper' ? 'uid' : 'uid-and-ip')),
  );
  const client = await createCcxtClient('bingx', {
    apiKey: connection.apiKey,
    secret: connection.secret,
    // Ours knows priorities; ccxt's is first come, first served.
    enableRateLimit: false,
    timeout: timeouts.httpMs,
    options: { defaultType: 'swap', maxRetriesOnFailure: 0 },
  });
  const socketUrl = pointClient(client, connection);
  client.nonce = () => clock.serverNowMs();
  await client.loadFetchImplementation();
  instrument(client);
  const send = createSender({ client, limiter, clock, timeouts, redact, log });
  return {
    account: connection.account,
    clock,
    timeouts,
    log,
    redact,
    socketUrl,
    client,
    ...createCalls(send, clock, log),
    close: () => closeAll(client, limiter),
  };
}

type SenderDeps = {
  client: CcxtClient;
  limiter: RateLimiter;
  clock: ExchangeClock;
  timeouts: ExchangeTimeouts;
  redact: Redact;
  log: ExchangeLog;
};
type Send = (endpoint: EndpointName, params: Params, options: CallOptions) => Promise<Reply>;

function createSender({ client, limiter, clock, timeouts, redact, log }: SenderDeps): Send {
  return async (endpoint, params, { priority = 'read', placing = false, onSent }) => {
    const maxWaitMs = priority === 'read' ? timeouts.readWaitMs : timeouts.orderWaitMs;
    const leave = await limiter.acquire({ buckets: bucketsOf(endpoint), priority, maxWaitMs });
    const sentAtMs = Date.now();
    if (!leave.granted) {
      const failure: Failure = {
        class: 'not_sent',
        reason: `not sent: ${leave.reason}`,
        retryAfterMs: leave.retryAfterMs,
      };
      return { ok: false, failure, sentAtMs, answeredAtMs: sentAtMs };
    }
    onSent?.(sentAtMs);
    const record: WireRecord = { sent: false };
    try {
      const method = endpointMethod(client, ENDPOINTS[endpoint].method);
      const body = await withDeadline(endpoint, timeouts.httpMs, (signal) =>
        recorded(record, signal, () => method(params)),
      );
      return { ok: true, body, sentAtMs, answeredAtMs: Date.now() };
    } catch (error) {
      const failure = failureOfError(error, record, { placing, redact, serverNowMs: clock.serverNowMs() });
      if (failure.class === 'rate_limited') {
        const penaltyMs = limiter.penalise(failure.retryAfterMs);
        log.warn({ endpoint, code: failure.code, penaltyMs }, 'BingX asked for a pause');
        return {
          ok: false,
          failure: { ...failure, retryAfterMs: penaltyMs },
          sentAtMs,
          answeredAtMs: Date.now(),
        };
      }
      return { ok: false, failure, sentAtMs, answeredAtMs: Date.now() };
    } finally {
      leave.done();
    }
  };
}

function createCalls(
  send: Send,
  clock: ExchangeClock,
  log: ExchangeLog,
): Pick<BingxApi, 'call' | 'read' | 'measureClock'> {
  const measureClock = async (): Promise<Failure | undefined> => {
    const reply = await send('serverTime', {}, {});
    if (!reply.ok) return reply.failure;
    const body = serverTimeBody.safeParse(reply.body);
    if (!body.success) return { class: 'bad_answer', reason: 'server time: not the documented shape' };
    clock.measured({
      serverMs: body.data.data.serverTime,
      sentAtMs: reply.sentAtMs,
      answeredAtMs: reply.answeredAtMs,
    });
    return undefined;
  };
  const call: BingxApi['call'] = async (endpoint, params, options = {}) => {
    const reply = await send(endpoint, params, options);
    if (reply.ok || reply.failure.class !== 'clock') return reply;
    log.warn({ endpoint, code: reply.failure.code }, 'BingX refused our clock; measuring it again');
    const unmeasured = await measureClock();
    // Only a read is asked again here; what to do about an order is the caller's decision.
    const isRead = (options.priority ?? 'read') === 'read';
    return unmeasured === undefined && isRead ? send(endpoint, params, options) : reply;
  };
  const read: BingxApi['read'] = async (what, endpoint, params, options) => {
    const reply = await call(endpoint, params, options);
    if (!reply.ok) throw faultOf(what, reply.failure);
    return reply.body;
  };
  return { call, read, measureClock };
}

async function closeAll(client: CcxtClient, limiter: RateLimiter): Promise<void> {
  limiter.close();
  await client.close();
  await client.fetchDispatcher?.destroy();
}
