/**
 * Activities that speak to an exchange. They add nothing to what the gateway says but the order's
 * state right after an answer, where it can be had within the same time: it saves a round.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { EXCHANGE_FAULT, MISCONFIGURED } from '../contract/failures.ts';
import { refusal } from '../contract/refusal.ts';
import type { AccountSnapshot, OrderRequest } from '../domain/exchange-truth.ts';
import { averageRangeOf, candlesFor } from '../domain/candles.ts';
import type { FindReport } from '../domain/position/look-ups.ts';
import type { PlaceReport, SeenOrder } from '../domain/position/outcomes.ts';
import type { Decimal } from '../domain/decimal.ts';
import { isConditional, type PositionMode } from '../domain/terms.ts';
import { wrongPositionMode } from '../exchanges/admission.ts';
import { ExchangeFault } from '../exchanges/errors.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { readAdoptionFacts } from './adoption-facts.ts';
import { readEnding } from './ending.ts';
import { closedSince, FILLS_SLACK_MS, readFigures } from './figures.ts';
import type { JournalReader } from '../journal/journal.ts';
import type { ExchangeActivities, FindInput, LegInput } from './api.ts';
import { createLeverage } from './leverage.ts';
import { seenOrder, toldOrder } from './seen-order.ts';
import { readRiskFacts } from './risk-facts.ts';

export type ExchangeDeps = {
  /** The accounts that this process serves. */
  accounts: ReadonlyMap<string, ServedAccount>;
  /** The newest reading that the watcher of this process took, where it runs here. */
  latestSnapshot(account: string): AccountSnapshot | undefined;
  /** What the daily loss is counted on. */
  journal: Pick<JournalReader, 'trades' | 'positions'>;
  clock: { now(): number };
};

export type ServedAccount = {
  exchange: Exchange;
  /** As configured: entries are refused where the exchange is in the other mode. */
  positionMode: PositionMode;
  /** Set at the exchange before the first entry of a symbol and side; null: left as it is. */
  leverage: Decimal | null;
};

/** Time left for a look at the order after its answer; more would endanger start-to-close (6 s). */
const LOOK_WITHIN_MS = 1_200;
/** An account reading this fresh spares an entry its own. */
const FRESH_MS = 6_000;
/** A cancel's call is given up after 6 s, a look-up's after 12 s; what is read besides ends before. */
const CANCEL_WITHIN_MS = 5_000;
const FIND_WITHIN_MS = 9_000;

/** A limit order too, where its price crosses the book: what it fills wants a stop, and no reading is due yet. */
const mayFillAtOnce = (request: OrderRequest): boolean => !isConditional(request);

export function createExchangeActivities(deps: ExchangeDeps): ExchangeActivities {
  const served = (account: string): ServedAccount => {
    const found = deps.accounts.get(account);
    if (found) return found;
    throw ApplicationFailure.create({
      message: `this worker does not serve the account ${account}`,
      type: MISCONFIGURED,
    });
  };
  const of = (account: string): Exchange => served(account).exchange;
  const prepareLeverage = createLeverage();

  return {
    placeOrder: async ({ account, request }) => place(of(account), request),
    async placeOrders({ account, requests }) {
      const exchange = of(account);
      return Promise.all(requests.map((request) => place(exchange, request)));
    },
    async cancelOrder({ account, symbol, orderId, role, ending }) {
      const exchange = of(account);
      const startedMs = deps.clock.now();
      const outcome = await exchange.cancelOrder(
        { symbol, orderId },
        { priority: role === 'stop' ? 'stop' : 'cancel' },
      );
      if (outcome.outcome === 'unknown') return outcome;
      const order = await look(exchange, symbol, orderId);
      if (!order) return outcome;
      if (!ending || order.status === 'open') return { ...outcome, order };
      const leftMs = startedMs + CANCEL_WITHIN_MS - deps.clock.now();
      const read = await readEnding(exchange, { symbol, ...ending }, leftMs);
      return { ...outcome, order, ...(read && { ending: read }) };
    },
    findOrder: ({ ending, ...input }) =>
      guarded(async () => {
        const exchange = of(input.account);
        const startedMs = deps.clock.now();
        const report = await find(exchange, input);
        if (report.found !== 'one') return report;
        const told = { ...report, order: toldOrder(report.order, input.request) };
        if (!ending || report.order.status !== 'filled') return told;
        const leftMs = startedMs + FIND_WITHIN_MS - deps.clock.now();
        const read = await readEnding(exchange, { symbol: input.symbol, ...ending }, leftMs);
        return { ...told, ...(read && { ending: read }) };
      }),
    readLeg: ({ account, symbol, leg, figures }) =>
      guarded(async () => {
        const exchange = of(account);
        const snapshot = await exchange.legSnapshot({ symbol, leg });
        if (!figures || !snapshot.complete || snapshot.position) return snapshot;
        const read = await attempt(readFigures(exchange, { symbol, leg, ...figures }));
        return { ...snapshot, ...(read && { figures: read }) };
      }),
    readEvidence: (leg) =>
      guarded(async () => {
        const exchange = of(leg.account);
        // Executions first: what happens in between is then in the list but not yet explained, never the reverse.
        const fills = await exchange.fills({ ...bare(leg), sinceMs: leg.sinceMs - FILLS_SLACK_MS });
        const closed = await closedSince(exchange, leg);
        const snapshot = await exchange.legSnapshot(bare(leg));
        return { snapshot, fills, closed };
      }),
    readFigures: (input) => guarded(() => readFigures(of(input.account), input)),
    readPrice: ({ account, symbol }) =>
      guarded(async () => {
        const tick = await of(account).price(symbol);
        if (tick.last === undefined) throw new ExchangeFault('bad_answer', `no contract price of ${symbol}`);
        return { price: tick.last };
      }),
    readVolatility: ({ account, symbol, timeframe, periods }) =>
      guarded(async () => {
        const candles = await of(account).candles({ symbol, timeframe, limit: candlesFor(periods) });
        return averageRangeOf(candles, timeframe, periods);
      }),
    readAdoptionFacts: ({ account, sighted, ...leg }) =>
      guarded(() => readAdoptionFacts(of(account), leg, sighted, deps.clock.now())),
    readEntryFacts: ({ account, symbol, side, fresh, needs }) =>
      guarded(async () => {
        const { exchange, positionMode: configured, leverage } = served(account);
        // A day can be lost within the seconds for which a reading serves otherwise.
        const anew = fresh || needs?.includes('day_result') === true;
        const [rules, positionMode, tick, snapshot] = await Promise.all([
          exchange.marketRules(symbol),
          exchange.positionMode(),
          exchange.price(symbol),
          accountSnapshot(deps, exchange, account, anew),
        ]);
        if (tick.last === undefined) throw new ExchangeFault('bad_answer', `no contract price of ${symbol}`);
        if (positionMode !== configured) throw wrongMode(exchange, configured, positionMode);
        if (leverage !== null) await prepareLeverage(exchange, symbol, leverage, side);
        const sources = { exchange, journal: deps.journal, snapshot, nowMs: deps.clock.now() };
        return {
          rules,
          positionMode,
          price: tick.last,
          positions: snapshot.positions,
          ...(needs && { risk: await readRiskFacts(needs, sources) }),
          positionIds: exchange.capabilities.positionIds,
          batches: exchange.capabilities.orderBatches,
        };
      }),
  };
}

function wrongMode(
  { name, account }: Exchange,
  configured: PositionMode,
  actual: PositionMode,
): ApplicationFailure {
  const { text, remedy } = wrongPositionMode(name, configured, actual);
  return refusal({ code: 'position_mode', text: `${account}: ${text}. ${remedy}` });
}

const bare = ({ symbol, leg }: LegInput): Pick<LegInput, 'symbol' | 'leg'> => ({ symbol, leg });

/** Best effort: what fails is asked for by itself. */
const attempt = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);

async function place(exchange: Exchange, request: OrderRequest): Promise<PlaceReport> {
  const outcome = await exchange.placeOrder(request);
  if (outcome.outcome !== 'accepted' || !mayFillAtOnce(request)) return outcome;
  const order = await look(exchange, request.symbol, outcome.orderId);
  return order ? { ...outcome, order } : outcome;
}

/** Best effort: no answer in time is no answer, and the workflow asks again. */
async function look(exchange: Exchange, symbol: string, orderId: string): Promise<SeenOrder | undefined> {
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), LOOK_WITHIN_MS).unref();
  });
  const asked = exchange.findOrder({ symbol, orderId }).then(
    (lookup) => (lookup.found === 'one' ? seenOrder(lookup.order) : undefined),
    () => undefined,
  );
  return Promise.race([asked, timeout]);
}

async function find(
  exchange: Exchange,
  { symbol, orderId, request, excludeOrderIds, sinceMs }: FindInput,
): Promise<FindReport> {
  const conditional = isConditional(request);
  const byId = orderId === null ? {} : { orderId };
  const byClientId =
    conditional && !exchange.capabilities.conditionalClientIds
      ? {}
      : { clientOrderId: request.clientOrderId };
  return exchange.findOrder({
    symbol,
    ...byId,
    ...byClientId,
    shape: request,
    excludeOrderIds,
    ...(sinceMs === null ? {} : { sinceMs }),
  });
}

async function accountSnapshot(
  deps: ExchangeDeps,
  exchange: Exchange,
  account: string,
  fresh: boolean,
): Promise<AccountSnapshot> {
  const latest = deps.latestSnapshot(account);
  if (!fresh && latest?.complete && deps.clock.now() - latest.takenAtMs <= FRESH_MS) return latest;
  const snapshot = await exchange.snapshot();
  if (snapshot.complete) return snapshot;
  throw new ExchangeFault(
    'bad_answer',
    `the account could not be read whole: ${snapshot.problems.join('; ')}`,
  );
}

/** Faults cross the border as one failure type; what asking again can't cure is told as a refusal. */
async function guarded<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ExchangeFault)) throw error;
    if (error.kind === 'unknown_symbol') throw refusal({ code: 'unknown_symbol', text: error.message });
    throw ApplicationFailure.create({
      message: error.message,
      type: EXCHANGE_FAULT,
      details: [{ kind: error.kind, code: error.code }],
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
}
