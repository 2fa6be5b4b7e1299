/**
 * Completes trades whose figures the exchange told too late for their workflows: a slow pass in the
 * background over the newest of them, each asked for ever more rarely.
 *
 * - A trade is asked for at its own exchange, by the rules by which its position would have.
 * - Writing is completing: a known figure is replaced by nothing worse, and there is never a second row.
 * - At most a few questions a pass, one after the other: trading needs the exchange's limits more.
 */
import { lateRow, positionOf } from '../../domain/audit/late-figures.ts';
import type { PositionState } from '../../domain/position/position.ts';
import type { FiguresReport } from '../../domain/position/readings.ts';
import type { TradeRow } from '../../journal/journal.ts';
import type { ObserveDeps } from './deps.ts';
import { legKey } from './legs.ts';
import { createPause } from './pause.ts';
import type { Tally } from './tally.ts';

/** Between two passes; the first comes this long after the start. */
const DEFAULT_PASS_MS = 60_000;
/** The newest of the account that are looked at. */
const LOOKED_AT = 50;
const ASKED_A_PASS = 5;
/** Before the second question; doubled each time. */
const FIRST_AGAIN_MS = 5 * 60_000;
const LONGEST_AGAIN_MS = 6 * 3_600_000;
/** Beyond it the exchange's history is not expected to tell. */
const GIVEN_UP_AFTER_MS = 30 * 86_400_000;
/** Executions may be dated a little before the request that made them left, and rows after the close. */
const SLACK_MS = 2_000;
const CLOSED_SLACK_MS = 3_600_000;

type Wiring = Pick<ObserveDeps, 'exchange' | 'clock' | 'log' | 'figuresMs'> & {
  journal: Pick<ObserveDeps['journal'], 'trades' | 'positions' | 'events' | 'writeTrade'>;
  tally: Tally;
  over: AbortSignal;
};
type Asked = { asks: number; nextAtMs: number };

/** Runs until the run is over; never throws. */
export async function keepCompleting(wiring: Wiring): Promise<void> {
  const { exchange, tally, over, figuresMs = DEFAULT_PASS_MS } = wiring;
  const pause = createPause(over);
  const asked = new Map<string, Asked>();
  for (await pause.wait(figuresMs); !over.aborted; await pause.wait(figuresMs)) {
    try {
      await pass(wiring, asked);
    } catch (error) {
      tally.failure(`the trades of ${exchange.account} that lack figures could not be read`, error);
    }
  }
}

async function pass(wiring: Wiring, asked: Map<string, Asked>): Promise<void> {
  const { clock, over } = wiring;
  const rows = await lacking(wiring);
  const known = new Set(rows.map(tradeKey));
  // What is complete or out of sight by now is forgotten.
  for (const key of asked.keys()) if (!known.has(key)) asked.delete(key);
  const due = rows.filter((row) => (asked.get(tradeKey(row))?.nextAtMs ?? 0) <= clock.now());
  for (const row of due.slice(0, ASKED_A_PASS)) {
    if (over.aborted) return;
    const asks = asked.get(tradeKey(row))?.asks ?? 0;
    const waitMs = Math.min(FIRST_AGAIN_MS * 2 ** asks, LONGEST_AGAIN_MS);
    asked.set(tradeKey(row), { asks: asks + 1, nextAtMs: clock.now() + waitMs });
    await complete(wiring, row, asks);
  }
}

const tradeKey = (row: TradeRow): string => `${legKey(row)} ${row.epoch}`;

/** The newest trades that lack the exchange's figures and whose workflows do not ask any more. */
async function lacking({ exchange, journal, clock }: Wiring): Promise<TradeRow[]> {
  const { account } = exchange;
  const rows = await journal.trades({ account, incomplete: true, limit: LOOKED_AT });
  if (rows.length === 0) return [];
  const asking = new Set((await journal.positions(account)).map((view) => `${legKey(view)} ${view.epoch}`));
  return rows.filter((row) => {
    const endedAtMs = Date.parse(row.exitAt ?? row.entryAt ?? '');
    // Without a date it is never too old.
    const tooOld = clock.now() - endedAtMs > GIVEN_UP_AFTER_MS;
    return !tooOld && !asking.has(tradeKey(row));
  });
}

async function complete(wiring: Wiring, row: TradeRow, asks: number): Promise<void> {
  const { journal, clock, tally, log } = wiring;
  const { account, symbol, leg, epoch } = row;
  try {
    const position = positionOf(await journal.events(row));
    const report = position && (await read(wiring, row, position));
    const found = report && lateRow(position, report, asks, clock.now());
    tally.figures(found ? 'found' : 'not_found');
    if (!found) return;
    const { netPnl } = await journal.writeTrade(found);
    log.info({ account, symbol, leg, epoch, netPnl }, 'the exchange told the figures of a trade at last');
  } catch (error) {
    tally.figures('failed');
    tally.failure('the figures of a finished trade could not be asked for', error);
  }
}

/** Rows first: executions enrich the match, and are asked for only where there is anything to match. */
async function read(
  { exchange, clock }: Wiring,
  { exitAt }: TradeRow,
  position: PositionState,
): Promise<FiguresReport | undefined> {
  const { symbol, leg, exchangePositionId } = position;
  if (!exchange.capabilities.positionHistory) return undefined;
  const sinceMs = (position.firstSentAtMs ?? position.entryAtMs ?? position.startedAtMs) - SLACK_MS;
  const untilMs = Math.min(clock.now(), exitAt === null ? Infinity : Date.parse(exitAt) + CLOSED_SLACK_MS);
  const span = { symbol, sinceMs, untilMs };
  const closed = await exchange.closedPositions({
    ...span,
    ...(exchangePositionId === null ? {} : { exchangePositionId }),
  });
  return { closed, fills: closed.length === 0 ? [] : await exchange.fills({ ...span, leg }) };
}
