/** How a worker compares one of its accounts with the exchange, through the gateway that serves it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SyncActivities } from '../activities/api.ts';
import { examine, examineOnce, gapsIn, readHistory, type History, type Sources } from '../client/diagnose.ts';
import { createFacade } from '../client/holdfast.ts';
import { sourcesOf } from '../client/sources.ts';
import { syncAccount, type SyncParts } from '../client/sync-account.ts';
import { createWire } from '../client/wire.ts';
import type { AccountConfig } from '../config/config.ts';
import type { AccountSnapshot } from '../domain/exchange-truth.ts';
import { explains } from '../domain/audit/explained.ts';
import { completed } from '../domain/audit/journal-gaps.ts';
import { rowWithoutWorkflow } from '../domain/audit/lost-workflow.ts';
import { forgotten } from '../domain/publication.ts';
import { recoveredTrade } from '../domain/audit/recovered-trade.ts';
import { planSync, type SyncAction } from '../domain/audit/sync-plan.ts';
import { endingOf } from '../exchanges/ending.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { Shared } from './deps.ts';
import { temporalSignals } from './signals.ts';

export type SyncDeps = {
  shared: Shared;
  account: AccountConfig;
  exchange: Exchange;
  /** The newest reading of the watcher, where it runs in this process. */
  latest: () => AccountSnapshot | undefined;
};

export function createSync(deps: SyncDeps): SyncActivities {
  const { account } = deps;
  return {
    async examineAccount({ account: name, execute, policy: asked, requestId }) {
      if (name !== account.name) throw new Error(`this queue is for ${account.name}, not for ${name}`);
      const policy = asked ?? account.adoption.policy;
      const parts = partsOf(deps, requestId);
      if (execute) return { account: name, state: 'examined', ...(await syncAccount(parts, { policy })) };
      const { diagnosis } = await examine(parts.sources, { account: name });
      const outcomes = planSync(diagnosis.differences, policy).map((action) => ({
        action,
        result: action.action === 'by_hand' ? ('left' as const) : ('planned' as const),
        text: null,
      }));
      return { account: name, state: 'examined', before: diagnosis, after: diagnosis, outcomes };
    },
  };
}

function partsOf(
  { shared, account, exchange, latest }: SyncDeps,
  requestId: string,
): SyncParts & { sources: Sources } {
  const { journal, client, log } = shared;
  const { name } = account;
  const facade = {
    wire: createWire(client),
    journal,
    snapshot: createReading(exchange, latest),
    closedPositions: (_: string, query: Parameters<Exchange['closedPositions']>[0]) =>
      exchange.closedPositions(query),
  };
  const sources = sourcesOf(facade, name, () => journal.positions(name));
  const holdfast = createFacade(facade);
  const signals = temporalSignals(client, log);
  let history: History | undefined;
  return {
    sources,
    examine: () => examine(sources, { account: name, historyMs: 0 }),
    look: () => examineOnce(sources, name),
    async gaps() {
      history ??= await readHistory(sources, { account: name });
      return { differences: await gapsIn(sources, name, history), notLookedAt: history.notLookedAt };
    },
    adopt: (request) =>
      holdfast.adopt(name, { ...request, requestId: `${requestId}/${request.symbol}/${request.leg}` }),
    tell: (leg, snapshot) => signals.reconcile(leg, snapshot),
    writeTrade: (action) => writeTrade(journal, account, exchange, action),
    forget: (action) => forget(journal, action),
    now: Date.now,
    pause: (ms) => delay(ms),
  };
}

/** A reading of the whole account is dear: the watcher's will do where it was taken just now. */
const JUST_NOW_MS = 1_800;
/** Longer than the watcher takes from one reading to the next. */
const NEXT_WITHIN_MS = 6_000;
const ASK_EVERY_MS = 200;
/** Of one symbol, the newest first. */
const MAX_ROWS = 1_000;
/** As the watcher does it, where it watches in another process. */
const OWN_EVERY_MS = 5_000;
/** The exchange may ask everybody to be quiet for a minute. */
const PATIENCE_MS = 100_000;
const RETRY_MS = 5_000;

/** Readings taken after they were asked for, or just before; the last one as it is where none was whole. */
function createReading(exchange: Exchange, latest: () => AccountSnapshot | undefined) {
  let readMs = -Infinity;
  return async (): Promise<AccountSnapshot> => {
    const watched = await nextOf(latest, Date.now() - JUST_NOW_MS);
    if (watched) return watched;
    await delay(Math.max(0, readMs + OWN_EVERY_MS - Date.now()));
    for (const untilMs = Date.now() + PATIENCE_MS; ;) {
      const read = await exchange.snapshot();
      readMs = Date.now();
      if (read.complete || Date.now() >= untilMs) return read;
      await delay(RETRY_MS);
    }
  };
}

/** The watcher's first reading that was taken since then; undefined where it does not watch here. */
async function nextOf(
  latest: () => AccountSnapshot | undefined,
  sinceMs: number,
): Promise<AccountSnapshot | undefined> {
  for (const untilMs = Date.now() + NEXT_WITHIN_MS; Date.now() < untilMs;) {
    const reading = latest();
    if (!reading) return undefined;
    if (reading.takenAtMs >= sinceMs) return reading;
    await delay(ASK_EVERY_MS);
  }
  return undefined;
}

/** A row of that epoch is completed; where there is none by now, one is made of the exchange's. */
async function writeTrade(
  journal: Shared['journal'],
  { name, exchange, mode }: AccountConfig,
  gateway: Pick<Exchange, 'fills' | 'capabilities'>,
  { symbol, leg, epoch, closed }: Extract<SyncAction, { action: 'write_trade' }>,
): Promise<void> {
  const known = epoch === null ? undefined : await journal.trade({ account: name, symbol, leg, epoch });
  if (known) return void (await journal.writeTrade(completed(known, closed)));
  const { row, besides } = await endingOf(gateway, closed);
  const rows = await journal.trades({ account: name, symbol, limit: MAX_ROWS });
  if (rows.some((each) => explains(each, closed) !== 'no')) return;
  const made = recoveredTrade({ account: name, exchange, mode }, row, besides);
  if (made) await journal.writeTrade(made);
}

/** The row first: whatever breaks in between, the position is still shown and comes round again. */
async function forget(
  journal: Shared['journal'],
  { account, symbol, leg, epoch }: Extract<SyncAction, { action: 'forget' }>,
): Promise<void> {
  const key = { account, symbol, leg, epoch };
  const row = rowWithoutWorkflow(await journal.events(key), Date.now());
  if (row) await journal.writeTrade(row);
  await journal.publish(forgotten(key));
}
