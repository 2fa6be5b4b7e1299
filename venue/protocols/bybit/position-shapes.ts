/** Positions in Bybit's shapes. A leg without a position is a row of size 0. */
import { div, max, mul, sub, sum, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { netProfit, unrealizedProfit } from '../../book/ledger.ts';
import { initialMargin, leverageOf, liquidationPrice, maintenanceOf } from '../../book/margin.ts';
import type { Account, Market, Order, Position } from '../../book/model.ts';
import type { Leg } from '../../control/types.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { seqOf } from './executions.ts';
import { millis, money, positionIdxOf, sideOfPosition, symbolOf } from './format.ts';

const RISK_LIMIT = '2000000';
const LEAST_FEE = '0.00055';

export type LegAt = {
  readonly account: Account;
  readonly market: Market;
  readonly leg: Leg;
  /** `undefined`: flat. */
  readonly position: Position | undefined;
};

/** The row as `position/list` answers it. */
export function positionRow(books: Books, at: LegAt): object {
  const { market, position, leg, account } = at;
  const value = position ? money(mul(position.quantity, market.mark)) : '';
  const margin = position ? money(initialMargin(position)) : '';
  const maintenance = position ? money(maintenanceOf(position, market)) : '';
  return {
    positionIdx: positionIdxOf(leg),
    riskId: 1,
    riskLimitValue: RISK_LIMIT,
    symbol: symbolOf(market.symbol),
    side: position ? sideOfPosition(position.side) : '',
    size: position?.quantity ?? '0',
    avgPrice: position ? toPlaces(position.entryPrice, 8) : '0',
    positionValue: value,
    tradeMode: 0,
    positionStatus: 'Normal',
    autoAddMargin: 0,
    adlRankIndicator: position ? 2 : 0,
    leverage: String(position?.leverage ?? leverageOf(account, market, leg === 'short' ? 'short' : 'long')),
    breakEvenPrice: position ? breakEven(position, market) : '',
    positionBalance: margin || ZERO,
    markPrice: market.mark,
    liqPrice: liquidationText(books, market, position),
    bustPrice: '',
    positionMM: maintenance,
    positionMMByMp: maintenance,
    positionIM: margin,
    positionIMByMp: margin,
    tpslMode: 'Full',
    ...stopsOf(books, at),
    unrealisedPnl: position ? money(unrealizedProfit(position, market.mark)) : '',
    ...realised(books, at),
    seq: lastSeq(books, at),
    isReduceOnly: false,
    mmrSysUpdateTime: '',
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    sessionAvgPrice: '',
    delta: '',
    gamma: '',
    vega: '',
    theta: '',
    ...times(books, at),
  };
}

/** Figures of a flat leg: empty in answers, 0 in pushes. */
const FLAT = {
  positionValue: ZERO,
  positionIM: ZERO,
  positionIMByMp: ZERO,
  positionMM: ZERO,
  positionMMByMp: ZERO,
  unrealisedPnl: ZERO,
  liqPrice: ZERO,
};

/** The row as the `position` topic pushes it. */
export function pushedPosition(books: Books, at: LegAt): object {
  const { position } = at;
  return {
    ...positionRow(books, at),
    category: 'linear',
    entryPrice: position ? toPlaces(position.entryPrice, 8) : '0',
    ...(!position && FLAT),
  };
}

const liquidationText = (books: Books, market: Market, position: Position | undefined): string => {
  const price = position ? liquidationPrice(books, position) : null;
  return price === null ? '' : toFixed(price, placesOf(market.tickSize));
};

/** Where closing would bring back what the position cost, fees included. */
function breakEven(position: Position, market: Market): Decimal {
  const sign = position.side === 'long' ? '1' : '-1';
  const signed = mul(position.quantity, sign);
  const cost = sub(mul(position.entryPrice, signed), netProfit(position));
  const fee = mul(position.quantity, max(market.takerFee, LEAST_FEE));
  return toPlaces(div(cost, sub(signed, fee)), 8);
}

/** The stops and the target of the whole leg. */
export function stopsOfLeg(books: Books, account: string, symbol: string, leg: Leg): Order[] {
  return [...books.open.values()].filter(
    (order) =>
      order.account === account &&
      order.symbol === symbol &&
      order.leg === leg &&
      order.closePosition &&
      order.triggeredAtMs === null,
  );
}

function stopsOf(books: Books, { account, market, leg }: LegAt): object {
  const orders = stopsOfLeg(books, account.name, market.symbol, leg);
  const places = placesOf(market.tickSize);
  const price = (role: 'stop' | 'target') =>
    toFixed(orders.find((order) => order.trigger?.role === role)?.trigger?.price ?? ZERO, places);
  const trail = orders.find((order) => order.trail)?.trail;
  return {
    takeProfit: price('target'),
    stopLoss: price('stop'),
    trailingStop: toFixed(trail?.distance ?? ZERO, places),
  };
}

const closedOf = (books: Books, { account, market, leg }: LegAt) =>
  books.closed.filter(
    (row) => row.account === account.name && row.symbol === market.symbol && row.leg === leg,
  );

/** What the present position has realised, and all that the leg ever had; net of fees and funding. */
function realised(books: Books, at: LegAt): object {
  const current = at.position ? netProfit(at.position) : ZERO;
  const former = closedOf(books, at);
  const last = former.at(-1);
  return {
    curRealisedPnl: money(at.position || !last ? current : netProfit(last)),
    cumRealisedPnl: money(sum([current, ...former.map(netProfit)])),
  };
}

/** The position's last fill as far as this row knows it; -1: the symbol was never traded. */
function lastSeq(books: Books, at: LegAt): number {
  const { account, market, leg, position } = at;
  const known = position?.updatedAtMs ?? Number.POSITIVE_INFINITY;
  const fill = books.fills.findLast(
    (row) =>
      row.account === account.name && row.symbol === market.symbol && row.leg === leg && row.atMs <= known,
  );
  return fill ? seqOf(fill) : -1;
}

/** `createdTime` is that of the leg's first position ever, `openTime` that of this one. */
function times(books: Books, at: LegAt): object {
  const { position } = at;
  const former = closedOf(books, at);
  const first = former[0]?.openedAtMs ?? position?.openedAtMs;
  const last = position?.updatedAtMs ?? former.at(-1)?.closedAtMs;
  return {
    createdTime: millis(first ?? 0),
    updatedTime: millis(last ?? 0),
    openTime: position?.openedAtMs ?? 0,
  };
}
