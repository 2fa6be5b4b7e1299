/**
 * The watcher of one account: the one long-running activity that keeps the sockets, reads the account,
 * follows prices, and signals differences only. Nothing but a cancellation ends it; its heartbeats let
 * another worker take over when this one dies. It holds no state that matters: whatever it knew is
 * read anew, and every leg is told once after a start.
 */
import { ApplicationFailure } from '@temporalio/common';
import { MISCONFIGURED } from '../../contract/failures.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import { createPriceTriggers } from '../../exchanges/price-triggers.ts';
import { createAbsence, type Absence } from './absence.ts';
import { createAccountWatch } from './account-watch.ts';
import type { AccountWatch } from './account-watch.ts';
import type { ObserveDeps, ObserveHealth } from './deps.ts';
import { keepLevels } from './level-watch.ts';
import { createOrphans } from './orphans.ts';
import { createPriceWatch } from './price-watch.ts';
import type { PriceWatch } from './price-watch.ts';
import { openStreams } from './streams.ts';
import type { Streams } from './streams.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { createTruth, UNKNOWN_TRUTH } from './truth.ts';
import type { Truth } from './truth.ts';

/** Twice within the heartbeat timeout, so that one may be lost. */
const HEARTBEAT_MS = 1_000;
const DEFAULT_POLL_MS = 5_000;
const DEFAULT_RECONNECT_DELAY_MS = 1_000;

/** `generation` only shows in the log which run of the account workflow asked. */
export type ObserveInput = { account: string; generation?: number };

export type Observer = {
  /** The activity. Rejects with the reason of its cancellation, or at once for an account that is not this one. */
  observe(input: ObserveInput): Promise<void>;
  health(): ObserveHealth;
  /** The last complete reading of a run that is under way. */
  lastSnapshot(): AccountSnapshot | undefined;
};

/** The parts of one run. */
type Watch = { account: AccountWatch; truth: Truth; prices: PriceWatch; streams: Streams };

/** The watcher of the one account that `deps.exchange` reaches. */
export function createObserve(deps: ObserveDeps): Observer {
  const tally = createTally({
    account: deps.exchange.account,
    clock: deps.clock,
    log: deps.log,
    metrics: deps.metrics,
  });
  let current: { watch: Watch; takeOver: AbortController } | undefined;
  return {
    observe: async ({ account, generation }) => {
      if (account !== deps.exchange.account)
        throw ApplicationFailure.nonRetryable(
          `this process watches ${deps.exchange.account}, not ${account}`,
          MISCONFIGURED,
        );
      const run = deps.run();
      // Temporal may give the activity to this process again before an earlier attempt has noticed its end.
      current?.takeOver.abort(new Error('another attempt of the activity took over'));
      const takeOver = new AbortController();
      const over = AbortSignal.any([run.cancelled, takeOver.signal]);
      const absence = createAbsence(deps.clock.now(), run.pricesSeenAtMs);
      const mine = { watch: wire(deps, tally, over, absence), takeOver };
      current = mine;
      deps.log.info({ account, generation }, 'watching the account');
      const beat = (): void => run.heartbeat(heartbeatOf(deps, mine.watch, tally));
      try {
        await runUntilOver(mine.watch, over, beat, tally);
      } finally {
        takeOver.abort(new Error('the run is over'));
        if (current === mine) current = undefined;
      }
      over.throwIfAborted();
    },
    health: () => healthOf(deps, current?.watch, tally),
    lastSnapshot: () => current?.watch.account.last(),
  };
}

function wire(
  deps: ObserveDeps,
  tally: Tally,
  over: AbortSignal,
  absence: Absence,
): Watch & { followPrices(): Promise<void>[] } {
  const { exchange, journal, levelChanges, clock } = deps;
  const pollMs = deps.pollMs ?? DEFAULT_POLL_MS;
  const triggers = createPriceTriggers();
  const truth = createTruth(deps, pollMs, tally, over);
  const settleOrphans = createOrphans({ ...deps, tally });
  const openSymbols = createOpenSymbols(() => account);
  const streams = openStreams({
    exchange,
    tally,
    over,
    reconnectDelayMs: deps.reconnectDelayMs ?? DEFAULT_RECONNECT_DELAY_MS,
    symbols: () =>
      followsPrices(deps) ? [...new Set([...triggers.symbols(), ...openSymbols()])].sort() : [],
    onTick: (tick) => prices.onTick(tick),
    onHint: (hint) => {
      account.hint();
      truth.onHint(hint);
    },
  });
  const account = createAccountWatch({
    ...deps,
    pollMs,
    tally,
    over,
    onReading: (reading) => {
      streams.refresh();
      truth.onReading(reading, reading.news);
      settleOrphans(reading.orphans);
    },
  });
  const prices = createPriceWatch({ ...deps, triggers, tally, over, openSymbols, absence });
  const levels = () =>
    keepLevels({
      journal,
      levelChanges,
      clock,
      account: exchange.account,
      triggers,
      tally,
      over,
      onLoaded: () => {
        prices.onLevels();
        streams.refresh();
      },
    });
  // Switched off, the orders at the exchange act alone: no subscription, no levels.
  const followPrices = () => (followsPrices(deps) ? [levels(), prices.keepBridging()] : []);
  return { account, truth, prices, streams, followPrices };
}

/** Asked several times a second; another list only after another reading. */
function createOpenSymbols(account: () => AccountWatch): () => readonly Symbol[] {
  let of: readonly unknown[] = [];
  let symbols: readonly Symbol[] = [];
  return () => {
    const [snapshot, rows] = [account().last(), account().projected()];
    if (of[0] !== snapshot || of[1] !== rows) {
      symbols = [...new Set([...(snapshot?.positions ?? []), ...rows].map(({ symbol }) => symbol))];
      of = [snapshot, rows];
    }
    return symbols;
  };
}

const followsPrices = ({ followPrices = true }: ObserveDeps): boolean => followPrices;

async function runUntilOver(
  watch: ReturnType<typeof wire>,
  over: AbortSignal,
  beat: () => void,
  tally: Tally,
): Promise<void> {
  const safely = (): void => {
    try {
      beat();
    } catch (error) {
      tally.failure('a heartbeat was not taken', error);
    }
  };
  safely();
  const timer = setInterval(safely, HEARTBEAT_MS);
  over.addEventListener('abort', () => clearInterval(timer), { once: true });
  await Promise.all([
    ...watch.followPrices(),
    ...watch.truth.keep(),
    watch.account.keepReading(),
    watch.streams.keepOpen(),
  ]);
}

const truthAgeMs = (deps: ObserveDeps, watch: Watch | undefined): number | null => {
  const last = watch?.account.last();
  return last ? deps.clock.now() - last.takenAtMs : null;
};

const heartbeatOf = (deps: ObserveDeps, watch: Watch, tally: Tally) => ({
  snapshotAgeMs: truthAgeMs(deps, watch),
  priceAgeMs: watch.prices.ageMs(),
  pricesSeenAtMs: watch.prices.seenByMs(),
  positions: watch.account.last()?.positions.length ?? 0,
  errors: tally.errors(),
});

function healthOf(deps: ObserveDeps, watch: Watch | undefined, tally: Tally): ObserveHealth {
  const last = watch?.account.last();
  return {
    watching: watch !== undefined,
    websocketConnected: watch?.streams.connected() ?? false,
    activePositions: last?.positions.length ?? 0,
    pendingOrders: last?.orders.length ?? 0,
    lastUpdateMs: last?.readAtMs ?? null,
    errors: tally.errors(),
    ageOfTruthMs: truthAgeMs(deps, watch),
    ageOfPriceMs: watch?.prices.ageMs() ?? null,
    prices: watch?.prices.seen() ?? [],
    ...(watch?.truth.health(truthAgeMs(deps, watch)) ?? UNKNOWN_TRUTH),
  };
}
