/** Positions, their settings and their closed profit. */
import { parseDecimal, gt, lt, toPlaces } from '../../../domain/decimal.ts';
import { leverageOf } from '../../book/margin.ts';
import type { Account, Position } from '../../book/model.ts';
import type { Leg } from '../../control/types.ts';
import { keptPositions, visiblePositions } from '../../visible.ts';
import { isMarket, marketParam, ok, param, reads, writes } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { closedPnlRow, closingOrders } from './closed-pnl.ts';
import { errorOf, ERRORS, invalid, isError } from './codes.ts';
import { positionIdxOf, quoteCoinOf, symbolOf } from './format.ts';
import { orderIdOf } from './order-shapes.ts';
import { pageOf, rangeOf, within } from './paging.ts';
import { positionRow } from './position-shapes.ts';
import { setTradingStop } from './trading-stop.ts';

const IN_LINEAR = { category: true };

export const positionRoutes: readonly Route[] = [
  reads('/v5/position/list', 50, positions, IN_LINEAR),
  reads('/v5/position/closed-pnl', 50, closedPnl, IN_LINEAR),
  writes('/v5/position/set-leverage', 10, setLeverage),
  writes('/v5/position/switch-mode', 10, switchMode),
  writes('/v5/position/trading-stop', 10, setTradingStop),
];

export const legsOf = (account: Account): Leg[] => (account.hedgeMode ? ['long', 'short'] : ['net']);

/** As it was `positionLagMs` ago. For a symbol every leg, flat or not; for a settle coin what is held. */
function positions(call: PrivateCall): Reply {
  const { books, account, params, distortion } = call;
  const symbol = param(params, 'symbol');
  if (symbol === undefined && param(params, 'settleCoin') === undefined)
    return invalid('params error: symbol or settleCoin is required');
  const seen = keptPositions(visiblePositions(books, account.name, distortion), distortion);
  if (symbol === undefined) return held(call, seen);
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const rows = legsOf(account).map((leg) =>
    positionRow(books, {
      account,
      market,
      leg,
      position: seen.find((row) => row.symbol === market.symbol && row.leg === leg),
    }),
  );
  return ok({ list: rows, nextPageCursor: '', category: 'linear' });
}

function held(call: PrivateCall, seen: readonly Position[]): Reply {
  const { books, account, params } = call;
  const mine = seen.filter((row) => quoteCoinOf(row.symbol) === params['settleCoin']);
  const keyOf = (row: Position) => `${symbolOf(row.symbol)}-${positionIdxOf(row.leg)}`;
  const page = pageOf(mine, keyOf, params, 20, 200);
  const list = page.rows.flatMap((position) => {
    const market = books.markets.get(position.symbol);
    return market ? [positionRow(books, { account, market, leg: position.leg, position })] : [];
  });
  return ok({ list, nextPageCursor: page.nextPageCursor, category: 'linear' });
}

function closedPnl(call: PrivateCall): Reply {
  const { books, account, params, nowMs } = call;
  const range = rangeOf(params, nowMs);
  if (isError(range)) return range;
  const market = param(params, 'symbol') ? marketParam(call) : undefined;
  if (market && !isMarket(market)) return market;
  const rows = closingOrders(books, account.name).filter(
    ({ order, atMs }) => within(range, atMs) && (!market || order.symbol === market.symbol),
  );
  const page = pageOf(rows, ({ order }) => orderIdOf(order), params, 50, 100);
  return ok({
    nextPageCursor: page.nextPageCursor,
    category: 'linear',
    list: page.rows.map((row) => closedPnlRow(books, row)),
  });
}

/** Both sides must be the same: the venue's account has one margin mode, cross. */
function setLeverage(call: PrivateCall): Reply {
  const { books, account, params } = call;
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const buy = parseDecimal(params['buyLeverage']);
  const sell = parseDecimal(params['sellLeverage']);
  if (buy === undefined || sell === undefined || lt(buy, '1') || lt(sell, '1'))
    return invalid('params error: leverage invalid');
  if (buy !== sell) return invalid('buy leverage must equal sell leverage');
  if (gt(buy, String(market.maxLeverage)))
    return errorOf({
      refused: 'leverage-too-high',
      detail: `cannot set leverage [${toPlaces(buy, 2)}] gt maxLeverage [${market.maxLeverage}] by risk limit`,
    });
  const wanted = Number(buy);
  const keys = [`${market.symbol}|long`, `${market.symbol}|short`];
  const same = (['long', 'short'] as const).every((one) => leverageOf(account, market, one) === wanted);
  if (same) return ERRORS.leverageUnchanged;
  books.transact(() => {
    const leverage = { ...account.leverage, ...Object.fromEntries(keys.map((key) => [key, wanted])) };
    const updated = { ...account, leverage };
    books.put.account(updated);
    for (const position of [...books.positions.values()])
      if (position.account === account.name && position.symbol === market.symbol)
        books.put.position({ ...position, leverage: wanted });
    books.emit({ kind: 'config', account: updated, symbol: market.symbol });
  });
  return ok({});
}

/** 0 is one-way, 3 is hedge. The venue's accounts have one mode for all symbols. */
function switchMode(call: PrivateCall): Reply {
  const { books, account, params } = call;
  if (!param(params, 'symbol') && !param(params, 'coin'))
    return invalid('params error: symbol or coin is required');
  const market = param(params, 'symbol') ? marketParam(call) : undefined;
  if (market && isError(market)) return market;
  const mode = params['mode'];
  if (mode !== '0' && mode !== '3') return invalid('params error: mode invalid');
  const hedgeMode = mode === '3';
  if (hedgeMode === account.hedgeMode) return ERRORS.modeUnchanged;
  const mine = (row: { account: string }) => row.account === account.name;
  if ([...books.positions.values()].some(mine)) return ERRORS.modeBusyPositions;
  if ([...books.open.values()].some(mine)) return ERRORS.modeBusyOrders;
  books.transact(() => books.put.account({ ...account, hedgeMode }));
  return ok({});
}
