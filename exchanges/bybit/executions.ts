/** Executions of a symbol as Bybit lists them, on all legs, each on the leg that it belongs to. */
import { abs, compare, isPositive, isZero, neg, type Decimal } from '../../domain/decimal.ts';
import type { Fill } from '../../domain/exchange-truth.ts';
import type { LegName, OrderSide, PositionMode, Symbol } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import { ownStyleId } from '../own-style.ts';
import { readRows, wholeRows } from '../rows.ts';
import type { Window } from '../windows.ts';
import type { AccountReader } from './account.ts';
import { SETTLE_COIN } from './api.ts';
import { orderNamed } from './find.ts';
import { legOf, orderSideOf } from './legs.ts';
import { readHistory } from './pages.ts';
import type { Deps as ListDeps } from './snapshot.ts';
import { executionRow, type ExecutionRow } from './wire.ts';

export type Deps = ListDeps & { account: AccountReader };

/** The most rows of one page. */
const PAGE_ROWS = 100;
/** Orders asked for one by one in one reading; what is still missing then fails it. */
const MAX_SINGLE_LOOKUPS = 20;
/** An order can have been placed this long before its fill. */
const ORDER_LOOKBACK_MS = 7 * 24 * 60 * 60_000;

/** Rows that book money but trade nothing. */
const BOOKINGS: readonly string[] = ['Funding', 'SessionSettlePnL'];

/** A fill, and what Bybit says of how much of it closed. */
export type LegFill = Fill & { closes?: Decimal };

/** What an open position was charged (negative) or paid for holding it. */
export type FundingPayment = { leg: LegName; amount: Decimal; atMs: number };

/** Every row in a window of Bybit's clock, oldest first. Throws `ExchangeFault` where one is not understood. */
export async function readExecutions(
  { api, markets }: ListDeps,
  symbol: Symbol,
  window: Window,
): Promise<ExecutionRow[]> {
  const asked = { symbol: markets.idOf(symbol), limit: PAGE_ROWS };
  const list = await readHistory(api, 'executions', asked, window);
  const read = readRows<typeof executionRow, ExecutionRow>('execution', list, executionRow, (row) => row);
  // Parts of a window share their edges, and a page can repeat a row of the one before.
  const rows = [...new Map(wholeRows('executions', read).map((row) => [row.execId, row])).values()];
  // Newest first, as they come; of one moment the sequence decides.
  return rows.reverse().sort((a, b) => a.execTime - b.execTime || compareSequence(a, b));
}

const compareSequence = (a: ExecutionRow, b: ExecutionRow): number =>
  a.seq !== undefined && b.seq !== undefined ? compare(a.seq, b.seq) : 0;

/** The trades among the rows, as fills of their legs. */
export async function fillsOf(deps: Deps, symbol: Symbol, rows: readonly ExecutionRow[]): Promise<LegFill[]> {
  const trades = rows.filter(isTrade);
  if (trades.length === 0) return [];
  const legs = createLegFinder(deps, symbol, await deps.account.modeOf(symbol));
  const fills: LegFill[] = [];
  for (const row of trades) fills.push(toFill(row, symbol, await legs(row), deps));
  return fills;
}

/** `Settle` books a settlement; it is a trade only where it closed something. */
const isTrade = ({ execType, execQty, closedSize }: ExecutionRow): boolean =>
  !BOOKINGS.includes(execType) &&
  isPositive(execQty) &&
  (execType !== 'Settle' || (closedSize !== undefined && isPositive(closedSize)));

function toFill(row: ExecutionRow, symbol: Symbol, leg: LegName, { api }: ListDeps): LegFill {
  const forced = forcedBy(row);
  const fee = feeOf(row);
  return {
    fillId: row.execId,
    orderId: row.orderId,
    symbol,
    leg,
    side: sideOf(row),
    price: row.execPrice,
    quantity: row.execQty,
    atMs: api.clock.toOurs(row.execTime),
    ...(fee !== undefined && { fee }),
    ...(row.closedSize !== undefined && { closes: abs(row.closedSize) }),
    ...(forced && { forced }),
    ...ownStyleId(row.orderLinkId),
  };
}

/** A fee paid in another coin, or with a tax besides, is no number of quote units that anybody could tell: it stays unknown. */
function feeOf({ execFee, feeCurrency = SETTLE_COIN, extraFees }: ExecutionRow): Decimal | undefined {
  const taxed = Array.isArray(extraFees) ? extraFees.length > 0 : Boolean(extraFees);
  return feeCurrency === SETTLE_COIN && !taxed ? execFee : undefined;
}

/** Throws where a row does not say whether it bought or sold. */
function sideOf({ side, execId }: ExecutionRow): OrderSide {
  const found = orderSideOf(side);
  if (!found) throw new ExchangeFault('bad_answer', `execution ${execId}: side ${side}`);
  return found;
}

/** Taken over by the liquidation engine, reduced by it step by step, or deleveraged for somebody else's sake. */
function forcedBy({ execType, createType = '' }: ExecutionRow): Fill['forced'] {
  if (execType === 'AdlTrade' || createType === 'CreateByAdl_PassThrough') return 'adl';
  const liquidated = execType === 'BustTrade' || LIQUIDATIONS.includes(createType);
  return liquidated ? 'liquidation' : undefined;
}

const LIQUIDATIONS: readonly string[] = ['CreateByLiq', 'CreateByTakeOver_PassThrough'];

/**
 * The rows name no leg. In hedge mode one that closed something is of the leg that its side closes, one
 * that closed nothing of the leg that its side opens; where neither is told, its order says it.
 */
function createLegFinder(
  deps: Deps,
  symbol: Symbol,
  mode: PositionMode,
): (row: ExecutionRow) => Promise<LegName> {
  const asked = new Map<string, LegName>();
  return async (row) => {
    if (row.positionIdx !== undefined) return legOf(row.positionIdx);
    if (mode === 'one-way') return 'net';
    const buys = sideOf(row) === 'buy';
    if (row.closedSize !== undefined) return buys === isZero(row.closedSize) ? 'long' : 'short';
    const known = asked.get(row.orderId);
    if (known) return known;
    const tooMany = asked.size >= MAX_SINGLE_LOOKUPS;
    const window = { fromMs: row.execTime - ORDER_LOOKBACK_MS + 1, toMs: row.execTime };
    const [order] = tooMany ? [] : await orderNamed(deps, { symbol, orderId: row.orderId }, window);
    if (!order) throw new ExchangeFault('bad_answer', `execution ${row.execId}: its leg cannot be told`);
    asked.set(row.orderId, order.leg);
    return order.leg;
  };
}

/** Funding among the rows. `execFee` is a cost there too; the side is that of the position. */
export function fundingOf(
  rows: readonly ExecutionRow[],
  legs: readonly LegName[],
  { api }: ListDeps,
): FundingPayment[] {
  return rows
    .filter(({ execType }) => execType === 'Funding')
    .flatMap((row) => {
      const fee = row.execFee;
      if (fee === undefined) return [];
      const leg = legs.includes('net') ? 'net' : sideOf(row) === 'buy' ? 'long' : 'short';
      return [{ leg, amount: neg(fee), atMs: api.clock.toOurs(row.execTime) }];
    });
}
