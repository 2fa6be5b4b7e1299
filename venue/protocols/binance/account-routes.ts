/** Positions, balances and what the account is set to. */
import { leverageOf } from '../../book/margin.ts';
import { isOpen } from '../../book/model.ts';
import type { Market } from '../../book/model.ts';
import type { Leg } from '../../control/types.ts';
import { keptPositions, visiblePositions } from '../../visible.ts';
import {
  accountPosition,
  accountPositionV2,
  assetRow,
  balanceRow,
  positionRow,
  positionRowV2,
  totalsOf,
} from './account-shapes.ts';
import type { Slot } from './account-shapes.ts';
import { isError, marketParam, ok, optionalMarket, reading } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { symbolOf } from './format.ts';
import { REQUEST_LIMITS } from './limits.ts';

const V1 = '/fapi/v1';

export const accountRoutes: readonly Route[] = [
  reading('/fapi/v3/positionRisk', 5, (call) => positions(call, (slot) => positionRow(call.books, slot))),
  reading('/fapi/v2/positionRisk', 5, positionsV2),
  reading('/fapi/v3/account', 5, account),
  reading('/fapi/v2/account', 5, accountV2),
  reading('/fapi/v3/balance', 5, balance),
  reading('/fapi/v2/balance', 5, balance),
  reading(`${V1}/accountConfig`, 5, (call) => ok(configOf(call))),
  reading(`${V1}/symbolConfig`, 5, symbolConfig),
  reading(`${V1}/leverageBracket`, 1, brackets),
  reading(`${V1}/commissionRate`, 20, commissionRate),
  reading(`${V1}/apiTradingStatus`, 1, ({ nowMs }) => ok({ indicators: {}, updateTime: nowMs })),
  reading(`${V1}/adlQuantile`, 5, adlQuantiles),
  reading(`${V1}/feeBurn`, 30, () => ok({ feeBurn: false })),
  reading(`${V1}/rateLimit/order`, 1, () =>
    ok(REQUEST_LIMITS.filter((limit) => limit.rateLimitType === 'ORDERS')),
  ),
];

/** All legs that the account's mode has. */
function slotsOf(call: PrivateCall, markets: readonly Market[]): Slot[] {
  const { books, account, distortion } = call;
  const held = visiblePositions(books, account.name, distortion);
  const legs: readonly Leg[] = account.hedgeMode ? ['long', 'short'] : ['net'];
  return markets.flatMap((market) =>
    legs.map((leg) => ({
      market,
      leg,
      position: held.find((row) => row.symbol === market.symbol && row.leg === leg),
    })),
  );
}

/** Those that hold something or have orders open. */
function busySlots(call: PrivateCall, market: Market | undefined): Slot[] {
  const { books, account } = call;
  const markets = market ? [market] : [...books.markets.values()];
  const ordered = new Set(
    [...books.open.values()]
      .filter((order) => order.account === account.name && isOpen(order))
      .map((order) => `${order.symbol} ${order.leg}`),
  );
  return slotsOf(call, markets).filter(
    (slot) => slot.position !== undefined || ordered.has(`${slot.market.symbol} ${slot.leg}`),
  );
}

function positions(call: PrivateCall, row: (slot: Slot) => object): Reply {
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  return ok(keptPositions(busySlots(call, market).map(row), call.distortion));
}

/** Every symbol, held or not; in hedge mode with a leg BOTH that holds nothing. */
function positionsV2(call: PrivateCall): Reply {
  const { books, account, distortion } = call;
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  const markets = market ? [market] : [...books.markets.values()];
  const empty = (one: Market): Slot[] =>
    account.hedgeMode ? [{ market: one, leg: 'net', position: undefined }] : [];
  const slots = markets.flatMap((one) => [...empty(one), ...slotsOf(call, [one])]);
  return ok(
    keptPositions(
      slots.map((slot) => positionRowV2(books, account, slot)),
      distortion,
    ),
  );
}

function account(call: PrivateCall): Reply {
  const rows = busySlots(call, undefined).map(accountPosition);
  return ok({
    ...totalsOf(call.books, call.account),
    assets: [assetRow(call.books, call.account, call.nowMs)],
    positions: keptPositions(rows, call.distortion),
  });
}

const configOf = ({ account: { hedgeMode, permissions }, nowMs }: PrivateCall): object => ({
  feeTier: 0,
  canTrade: permissions.includes('trade'),
  canDeposit: true,
  canWithdraw: permissions.includes('withdraw'),
  dualSidePosition: hedgeMode,
  updateTime: nowMs,
  multiAssetsMargin: false,
  tradeGroupId: -1,
});

function accountV2(call: PrivateCall): Reply {
  const markets = [...call.books.markets.values()];
  const rows = slotsOf(call, markets).map((slot) => accountPositionV2(call.account, slot));
  return ok({
    ...configOf(call),
    feeBurn: false,
    ...totalsOf(call.books, call.account),
    assets: [assetRow(call.books, call.account, call.nowMs)],
    positions: keptPositions(rows, call.distortion),
  });
}

function balance({ books, account: owner, nowMs }: PrivateCall): Reply {
  return ok([balanceRow(books, owner, nowMs)]);
}

function symbolConfig(call: PrivateCall): Reply {
  return perMarket(call, (market) => ({
    symbol: symbolOf(market.symbol),
    marginType: call.account.isolated[market.symbol] ? 'ISOLATED' : 'CROSSED',
    isAutoAddMargin: false,
    leverage: leverageOf(call.account, market, 'long'),
    maxNotionalValue: '1000000000',
  }));
}

/** One bracket: the books know one maintenance rate a market. */
function brackets(call: PrivateCall): Reply {
  return perMarket(call, (market) => ({
    symbol: symbolOf(market.symbol),
    notionalCoef: 1,
    brackets: [
      {
        bracket: 1,
        initialLeverage: market.maxLeverage,
        notionalCap: 1_000_000_000,
        notionalFloor: 0,
        maintMarginRatio: Number(market.maintenanceRate),
        cum: 0,
      },
    ],
  }));
}

function adlQuantiles(call: PrivateCall): Reply {
  return perMarket(call, (market) => ({
    symbol: symbolOf(market.symbol),
    adlQuantile: call.account.hedgeMode ? { LONG: 1, SHORT: 1, HEDGE: 0 } : { LONG: 1, SHORT: 1, BOTH: 1 },
  }));
}

function perMarket(call: PrivateCall, row: (market: Market) => object): Reply {
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  return ok((market ? [market] : [...call.books.markets.values()]).map(row));
}

function commissionRate(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  return ok({
    symbol: symbolOf(market.symbol),
    makerCommissionRate: market.makerFee,
    takerCommissionRate: market.takerFee,
    rpiCommissionRate: market.makerFee,
  });
}
