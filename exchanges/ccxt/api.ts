/**
 * One account's REST side on one exchange: each call passes the rate limiter, ends within its deadline,
 * and comes back as a value. Nothing here retries except a read that failed for the clock. What differs
 * between exchanges is in the `Dialect` that an adapter brings.
 */
import { EXCHANGES } from '../../domain/exchanges.ts';
import type { ExchangeConnection, ExchangeLog, ExchangeTimeouts, RateLimitMode } from '../connection.ts';
import { DEFAULT_TIMEOUTS } from '../connection.ts';
import type { LimitUse } from '../exchange.ts';
import { createRateLimiter, type LimiterRules, type Priority, type RateLimiter } from '../rate-limiter.ts';
import { createExchangeClock, type ExchangeClock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { faultOf, type Failure } from './failure.ts';
import { createCcxtClient, endpointMethod, type CcxtClient } from './load.ts';
import { createRedactor, type Redact } from './redact.ts';
import type { RowMemory } from './row-memory.ts';
import { instrument, recorded, type WireRecord } from './transport.ts';

/**
 * On a busy machine or line, requests that left evenly arrive bunched. What has no answer after this long has
 * arrived and lost its answer, or never will; waiting longer would keep closes from leaving.
 */
const ARRIVES_WITHIN_MS = 2_000;

export type Row = Record<string, string | number | boolean>;
/** Some exchanges take several orders as a list of rows. */
export type Params = Record<string, Row[string] | readonly Row[]>;

/** How one call ended. `sentAtMs` is when it left the limiter, so that a queue never counts as flight. */
export type Reply =
  | { ok: true; body: unknown; sentAtMs: number; answeredAtMs: number }
  | { ok: false; failure: Failure; sentAtMs: number; answeredAtMs: number };

export type CallOptions = {
  priority?: Priority;
  /** True for a request that could leave an order on the books. */
  placing?: boolean;
  /** How many orders the request carries, where the exchange counts each against its limit. Default 1. */
  orders?: number;
  /** Called when the request leaves. */
  onSent?: (atMs: number) => void;
  /** Of a list that is asked for again and again. */
  rows?: RowMemory | undefined;
};

/** What a failed call is judged by. */
export type FailureContext = {
  /** True for a request that could leave an order on the books. */
  placing: boolean;
  redact: Redact;
  /** Server time now. */
  serverNowMs: number;
};

/**
 * One exchange, as far as calling it goes.
 * @typeParam E names of its endpoints
 * @typeParam S its socket urls
 */
export type Dialect<E extends string, S> = {
  /** The pro class of ccxt. */
  classId: string;
  /** Options of that class. */
  options: Record<string, unknown>;
  /** ccxt's generated method of each endpoint. */
  methodOf: (endpoint: E) => string;
  bucketsOf: (endpoint: E) => readonly string[];
  limiterRules: (mode: RateLimitMode) => LimiterRules;
  /** Points the instance at the exchange, its demo, or any base URL. Throws where that can never work. */
  point: (client: CcxtClient, connection: Pick<ExchangeConnection, 'mode' | 'endpoint'>) => S | Promise<S>;
  failureOf: (error: unknown, record: WireRecord, context: FailureContext) => Failure;
  /** The endpoint that tells the exchange's time, and what its body says in ms. */
  time: { endpoint: E; read: (body: unknown) => number | undefined };
};

export type ExchangeApi<E extends string, S> = {
  /** The exchange, as logs and errors call it. */
  readonly name: string;
  /** The account's name, for errors and logs. */
  readonly account: string;
  readonly clock: ExchangeClock;
  readonly timeouts: ExchangeTimeouts;
  readonly log: ExchangeLog;
  readonly redact: Redact;
  readonly sockets: S;
  readonly client: CcxtClient;
  call: (endpoint: E, params: Params, options?: CallOptions) => Promise<Reply>;
  /** A read: the body, or an `ExchangeFault` that names `what`. */
  read: (what: string, endpoint: E, params: Params, options?: CallOptions) => Promise<unknown>;
  /** Asks the exchange for its time. */
  measureClock: () => Promise<Failure | undefined>;
  /** How full each documented limit got, at most, since this was asked last. */
  peaks: () => LimitUse[];
  close: () => Promise<void>;
};

const SILENT: ExchangeLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Loads ccxt's class and points it; sends nothing yet. */
export async function createExchangeApi<E extends string, S>(
  dialect: Dialect<E, S>,
  connection: ExchangeConnection,
): Promise<ExchangeApi<E, S>> {
  const name = EXCHANGES[connection.exchange].title;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...connection.timeouts };
  const log = connection.log ?? SILENT;
  const redact = createRedactor([connection.apiKey, connection.secret]);
  const clock = createExchangeClock();
  const limiter = createRateLimiter({
    ...dialect.limiterRules(connection.rateLimits ?? (connection.mode === 'paper' ? 'uid' : 'uid-and-ip')),
    arrivesWithinMs: ARRIVES_WITHIN_MS,
  });
  const client = await createCcxtClient(dialect.classId, {
    apiKey: connection.apiKey,
    secret: connection.secret,
    // Ours knows priorities; ccxt's is first come, first served.
    enableRateLimit: false,
    timeout: timeouts.httpMs,
    options: { ...dialect.options, maxRetriesOnFailure: 0 },
  });
  client.nonce = () => clock.serverNowMs();
  await client.loadFetchImplementation();
  const sockets = await dialect.point(client, connection);
  instrument(client);
  const send = createSender(dialect, { name, client, limiter, clock, timeouts, redact, log });
  return {
    name,
    account: connection.account,
    clock,
    timeouts,
    log,
    redact,
    sockets,
    client,
    ...createCalls(dialect, send, { name, clock, log }),
    peaks: limiter.peaks,
    close: () => closeAll(client, limiter),
  };
}

type SenderDeps = {
  name: string;
  client: CcxtClient;
  limiter: RateLimiter;
  clock: ExchangeClock;
  timeouts: ExchangeTimeouts;
  redact: Redact;
  log: ExchangeLog;
};
type Send<E> = (endpoint: E, params: Params, options: CallOptions) => Promise<Reply>;

function createSender<E extends string, S>(
  dialect: Dialect<E, S>,
  { name, client, limiter, clock, timeouts, redact, log }: SenderDeps,
): Send<E> {
  return async (endpoint, params, { priority = 'read', placing = false, orders = 1, onSent, rows }) => {
    const maxWaitMs = priority === 'read' ? timeouts.readWaitMs : timeouts.orderWaitMs;
    const buckets = Array.from({ length: orders }, () => dialect.bucketsOf(endpoint)).flat();
    const leave = await limiter.acquire({ buckets, priority, maxWaitMs });
    const sentAtMs = Date.now();
    const failed = (failure: Failure): Reply => ({ ok: false, failure, sentAtMs, answeredAtMs: Date.now() });
    if (!leave.granted) {
      const { reason, retryAfterMs } = leave;
      return failed({ class: 'not_sent', reason: `not sent: ${reason}`, retryAfterMs });
    }
    onSent?.(sentAtMs);
    const record: WireRecord = { sent: false };
    try {
      const method = endpointMethod(client, dialect.methodOf(endpoint));
      const body = await withDeadline(endpoint, timeouts.httpMs, (signal) =>
        recorded({ record, signal, rows }, () => method(params)),
      );
      return { ok: true, body, sentAtMs, answeredAtMs: Date.now() };
    } catch (error) {
      const context = { placing, redact, serverNowMs: clock.serverNowMs() };
      const failure = dialect.failureOf(error, record, context);
      if (failure.class !== 'rate_limited') return failed(failure);
      const penaltyMs = limiter.penalise(failure.retryAfterMs);
      log.warn({ endpoint, code: failure.code, penaltyMs }, `${name} asked for a pause`);
      return failed({ ...failure, retryAfterMs: penaltyMs });
    } finally {
      leave.done();
    }
  };
}

function createCalls<E extends string, S>(
  { time }: Dialect<E, S>,
  send: Send<E>,
  { name, clock, log }: Pick<SenderDeps, 'name' | 'clock' | 'log'>,
): Pick<ExchangeApi<E, S>, 'call' | 'read' | 'measureClock'> {
  const measureClock = async (): Promise<Failure | undefined> => {
    const reply = await send(time.endpoint, {}, {});
    if (!reply.ok) return reply.failure;
    const serverMs = time.read(reply.body);
    if (serverMs === undefined)
      return { class: 'bad_answer', reason: 'server time: not the documented shape' };
    clock.measured({ serverMs, sentAtMs: reply.sentAtMs, answeredAtMs: reply.answeredAtMs });
    return undefined;
  };
  const call: ExchangeApi<E, S>['call'] = async (endpoint, params, options = {}) => {
    const reply = await send(endpoint, params, options);
    if (reply.ok || reply.failure.class !== 'clock') return reply;
    log.warn({ endpoint, code: reply.failure.code }, `${name} refused our clock; measuring it again`);
    const unmeasured = await measureClock();
    // Only a read is asked again here; what to do about an order is the caller's decision.
    const isRead = (options.priority ?? 'read') === 'read';
    return unmeasured === undefined && isRead ? send(endpoint, params, options) : reply;
  };
  const read: ExchangeApi<E, S>['read'] = async (what, endpoint, params, options) => {
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
