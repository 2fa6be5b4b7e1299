/**
 * Finished positions. Bybit keeps a record of each closing order and no position has an id, so each epoch of a
 * leg is rebuilt from its executions, backwards from what is open now, and held against those records.
 *
 * Invariants: what the executions do not prove to be flat before and after is not told; quantities, fees
 * and funding are sums of rows, never of rounded figures; an epoch that contradicts Bybit's own word on how
 * much an execution closed is left out, as rows of it are still to come.
 */
import { abs, add, eq, gt, neg, sub, sum, toPlaces, ZERO, type Decimal } from '../../domain/decimal.ts';
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import type { LegName, Symbol } from '../../domain/terms.ts';
import { rebuildEpochs, signed, type Epoch } from '../epochs.ts';
import type { ClosedPositionQuery } from '../exchange.ts';
import { readRows, wholeRows } from '../rows.ts';
import type { Window } from '../windows.ts';
import { fillsOf, fundingOf, readExecutions, type Deps, type FundingPayment } from './executions.ts';
import { legOf } from './legs.ts';
import { readHistory, readPages } from './pages.ts';
import { closedPnlRow, positionRow, type ClosedPnlRow, type ExecutionRow } from './wire.ts';

const PAGE_ROWS = 100;
const DATING_SLACK_MS = 1_000;
const WEEK_MS = 7 * 24 * 60 * 60_000;
/** How far back the beginning of a position is looked for: at first before the time asked for, by how much more, at most. */
const NEAR_MS = 24 * 60 * 60_000;
const STEP_MS = 5 * WEEK_MS;
const FAR_MS = 26 * WEEK_MS;
/** Averages are quotients: Bybit writes them with so many decimals. */
const AVERAGE_PLACES = 8;
/** Bybit's figures are rounded, ours are not. */
const ROUNDING: Decimal = '0.01';

export function createHistoryReader(deps: Deps): (query: ClosedPositionQuery) => Promise<ClosedPosition[]> {
  return async ({ symbol, sinceMs, untilMs = Date.now() }) => {
    const { clock } = deps.api;
    const window = {
      fromMs: clock.toServer(sinceMs) - DATING_SLACK_MS,
      toMs: clock.toServer(untilMs) + DATING_SLACK_MS,
    };
    const [records, lives] = await Promise.all([
      readRecords(deps, symbol, window),
      readLives(deps, symbol, window.fromMs, (life) => isClosedIn(life, sinceMs, untilMs)),
    ]);
    for (const life of lives) holdAgainst(records, life, deps);
    return lives
      .map((life) => toClosedPosition(life, symbol))
      .sort((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0));
  };
}

async function readRecords({ api, markets }: Deps, symbol: Symbol, window: Window): Promise<ClosedPnlRow[]> {
  const asked = { symbol: markets.idOf(symbol), limit: PAGE_ROWS };
  const list = await readHistory(api, 'closedPnl', asked, window);
  const rows = readRows<typeof closedPnlRow, ClosedPnlRow>('closed pnl', list, closedPnlRow, (row) => row);
  return wholeRows('closed pnl', rows);
}

type Life = Epoch & { leg: LegName; funding: Decimal };

const isClosedIn = ({ closedAtMs }: Life, sinceMs: number, untilMs: number): boolean =>
  closedAtMs !== undefined &&
  closedAtMs >= sinceMs - DATING_SLACK_MS &&
  closedAtMs <= untilMs + DATING_SLACK_MS;

/**
 * The finished epochs that are meant. Where one began before what was read, older executions are read as
 * well; one whose beginning is too long ago, or not told yet, is left out.
 */
async function readLives(
  deps: Deps,
  symbol: Symbol,
  sinceServerMs: number,
  isMeant: (life: Life) => boolean,
): Promise<Life[]> {
  const oldestMs = deps.api.clock.toServer(Date.now()) - FAR_MS;
  let fromMs = Math.max(sinceServerMs - NEAR_MS, oldestMs);
  const { held, rows } = await readSteadily(deps, symbol, fromMs);
  for (;;) {
    const lives = (await rebuild(deps, symbol, held, rows)).filter(isMeant);
    if (lives.every(beganHere) || fromMs <= oldestMs) return lives.filter(isSound);
    const older = { fromMs: Math.max(fromMs - STEP_MS, oldestMs), toMs: fromMs - 1 };
    rows.unshift(...(await readExecutions(deps, symbol, older)));
    fromMs = older.fromMs;
  }
}

const beganHere = ({ openedAtMs }: Life): boolean => openedAtMs !== undefined;

/** Flat before and after, agreeing with Bybit on what closed; and a leg of hedge mode holds its own side only. */
const isSound = (life: Life): boolean =>
  beganHere(life) && life.coherent && (life.leg === 'net' || life.leg === life.side);

async function rebuild(
  deps: Deps,
  symbol: Symbol,
  held: Held,
  rows: readonly ExecutionRow[],
): Promise<Life[]> {
  const fills = await fillsOf(deps, symbol, rows);
  const funding = fundingOf(rows, [...held.keys()], deps);
  return [...held].flatMap(([leg, heldNow]) => {
    const own = fills.filter((fill) => fill.leg === leg);
    const heldBefore = sub(heldNow, sum(own.map(signed)));
    return rebuildEpochs(own, heldBefore).map((epoch) => ({
      ...epoch,
      leg,
      funding: sum(funding.filter((payment) => isDuring(payment, leg, epoch)).map(({ amount }) => amount)),
    }));
  });
}

const isDuring = (
  { leg, atMs }: FundingPayment,
  ofLeg: LegName,
  { openedAtMs, closedAtMs }: Epoch,
): boolean => leg === ofLeg && atMs >= (openedAtMs ?? 0) && atMs <= (closedAtMs ?? Infinity);

type Held = ReadonlyMap<LegName, Decimal>;
const MAX_READINGS = 3;

/** What is open, and all executions up to then: read anew where something was traded in between. */
async function readSteadily(
  deps: Deps,
  symbol: Symbol,
  fromMs: number,
): Promise<{ held: Held; rows: ExecutionRow[] }> {
  let before = await readHeld(deps, symbol);
  for (let reading = 1; ; reading += 1) {
    const toMs = deps.api.clock.toServer(Date.now()) + DATING_SLACK_MS;
    const rows = await readExecutions(deps, symbol, { fromMs, toMs });
    const held = await readHeld(deps, symbol);
    if (reading === MAX_READINGS || isSame(before, held)) return { held, rows };
    before = held;
  }
}

const isSame = (a: Held, b: Held): boolean =>
  a.size === b.size && [...a].every(([leg, quantity]) => eq(quantity, b.get(leg) ?? ZERO));

/** Signed quantity of each leg of a symbol, flat ones included: Bybit shows them all when asked for a symbol. */
async function readHeld({ api, markets }: Deps, symbol: Symbol): Promise<Held> {
  const list = await readPages(api, 'positions', { symbol: markets.idOf(symbol) });
  const rows = readRows<typeof positionRow, [LegName, Decimal]>('position', list, positionRow, (row) => [
    legOf(row.positionIdx),
    row.side === 'Sell' ? neg(row.size) : row.size,
  ]);
  return new Map(wholeRows('positions', rows));
}

/** Bybit's own figures of the closing orders: net of both fees, without funding. Ours stand; a difference is told. */
function holdAgainst(records: readonly ClosedPnlRow[], life: Life, { api }: Deps): void {
  const own = records.filter(({ orderId }) => life.orderIds.includes(orderId));
  const closed = sum(own.map(({ closedSize }) => closedSize));
  if (!eq(closed, life.quantity) || life.realizedPnl === undefined || life.fees === undefined) return;
  const theirs = sum(own.map(({ closedPnl }) => closedPnl));
  const ours = sub(life.realizedPnl, life.fees);
  if (gt(abs(sub(theirs, ours)), ROUNDING))
    api.log.warn(
      { orderIds: life.orderIds, theirs, ours },
      "Bybit's closed PnL is not what the executions add up to",
    );
}

function toClosedPosition(life: Life, symbol: Symbol): ClosedPosition {
  const { leg, side, quantity, entryPrice, closePrice, realizedPnl, fees, funding, orderIds } = life;
  const net = realizedPnl !== undefined && fees !== undefined && add(sub(realizedPnl, fees), funding);
  return {
    symbol,
    leg,
    side,
    quantity,
    closePrice: toPlaces(closePrice, AVERAGE_PLACES),
    funding,
    orderIds,
    whole: true,
    ...(entryPrice !== undefined && { entryPrice: toPlaces(entryPrice, AVERAGE_PLACES) }),
    ...(realizedPnl !== undefined && { realizedPnl }),
    ...(fees !== undefined && { fees }),
    ...(net !== false && { netPnl: net }),
    ...(life.openedAtMs !== undefined && { openedAtMs: life.openedAtMs }),
    ...(life.closedAtMs !== undefined && { closedAtMs: life.closedAtMs }),
    ...(life.forced !== undefined && { forced: life.forced }),
  };
}
