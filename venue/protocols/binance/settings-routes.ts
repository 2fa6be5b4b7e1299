/** Leverage, margin mode, position mode, listen keys and what a key may do. */
import type { Account } from '../../book/model.ts';
import { bySymbol, isError, isTrue, marketParam, ok, reading, trading } from './call.ts';
import type { Method, PrivateCall, Reply, Route } from './call.ts';
import { ERRORS, invalidData, missing } from './codes.ts';
import { symbolOf } from './format.ts';

const V1 = '/fapi/v1';

const SUCCESS = { code: 200, msg: 'success' };

export const settingsRoutes: readonly Route[] = [
  trading('POST', `${V1}/leverage`, 1, setLeverage),
  trading('POST', `${V1}/marginType`, 1, setMarginType),
  trading('POST', `${V1}/positionSide/dual`, 1, setPositionMode),
  reading(`${V1}/positionSide/dual`, 30, ({ account }) => ok({ dualSidePosition: account.hedgeMode })),
  reading(`${V1}/multiAssetsMargin`, 30, () => ok({ multiAssetsMargin: false })),
  trading('POST', `${V1}/multiAssetsMargin`, 1, setAssetMode),
  reading('/sapi/v1/account/apiRestrictions', 1, restrictions),
  // Other products of the exchange: asked by clients at start-up, empty here.
  reading('/sapi/v1/capital/config/getall', bySymbol(10, 10), () => ok([])),
  keyRoute('GET', '/sapi/v1/margin/allPairs', () => ok([])),
  keyRoute('GET', '/sapi/v1/margin/isolated/allPairs', () => ok([])),
  keyRoute('POST', `${V1}/listenKey`, createListenKey),
  keyRoute('PUT', `${V1}/listenKey`, extendListenKey),
  keyRoute('DELETE', `${V1}/listenKey`, removeListenKey),
];

function keyRoute(method: Method, path: string, run: (call: PrivateCall) => Reply): Route {
  return { method, path, weight: 1, access: 'key', trades: false, newOrders: () => 0, run };
}

/** Of the symbol, in both position modes. */
function setLeverage(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  if (!call.params['leverage']) return missing('leverage');
  const leverage = Number(call.params['leverage']);
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > market.maxLeverage)
    return { code: -4028, msg: `Leverage ${call.params['leverage']} is not valid` };
  const changed = { [`${market.symbol}|long`]: leverage, [`${market.symbol}|short`]: leverage };
  changeAccount(call, { leverage: { ...call.account.leverage, ...changed } }, market.symbol);
  for (const position of call.books.positions.values())
    if (position.account === call.account.name && position.symbol === market.symbol)
      call.books.transact(() => call.books.put.position({ ...position, leverage }));
  return ok({ leverage, maxNotionalValue: '1000000000', symbol: symbolOf(market.symbol) });
}

function changeAccount({ books, account }: PrivateCall, change: Partial<Account>, symbol: string): void {
  books.transact(() => {
    const updated = { ...account, ...change };
    books.put.account(updated);
    books.emit({ kind: 'config', account: updated, symbol });
  });
}

function setMarginType(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const wanted = call.params['marginType'];
  if (!wanted) return missing('marginType');
  if (wanted !== 'ISOLATED' && wanted !== 'CROSSED') return invalidData('marginType');
  const isolated = wanted === 'ISOLATED';
  if ((call.account.isolated[market.symbol] ?? false) === isolated) return ERRORS.sameMarginType;
  const busy = busyWith(call, market.symbol);
  if (busy) return busy === 'orders' ? ERRORS.marginTypeWithOrders : ERRORS.marginTypeWithPosition;
  changeAccount(call, { isolated: { ...call.account.isolated, [market.symbol]: isolated } }, market.symbol);
  return ok(SUCCESS);
}

/** What stands against switching a mode now. */
function busyWith({ books, account }: PrivateCall, symbol?: string): 'orders' | 'position' | undefined {
  const mine = (row: { account: string; symbol: string }) =>
    row.account === account.name && (symbol === undefined || row.symbol === symbol);
  if ([...books.open.values()].some(mine)) return 'orders';
  return [...books.positions.values()].some(mine) ? 'position' : undefined;
}

function setPositionMode(call: PrivateCall): Reply {
  if (!call.params['dualSidePosition']) return missing('dualSidePosition');
  const hedgeMode = isTrue(call.params['dualSidePosition']);
  if (hedgeMode === call.account.hedgeMode) return ERRORS.samePositionSide;
  const busy = busyWith(call);
  if (busy) return busy === 'orders' ? ERRORS.positionSideWithOrders : ERRORS.positionSideWithPosition;
  call.books.transact(() => call.books.put.account({ ...call.account, hedgeMode }));
  return ok(SUCCESS);
}

/** Single-asset mode is all there is. */
function setAssetMode({ params }: PrivateCall): Reply {
  if (!params['multiAssetsMargin']) return missing('multiAssetsMargin');
  return isTrue(params['multiAssetsMargin']) ? invalidData('multiAssetsMargin') : ERRORS.sameAssetMode;
}

function restrictions({ account: { permissions }, nowMs }: PrivateCall): Reply {
  return ok({
    ipRestrict: false,
    createTime: nowMs,
    enableReading: permissions.includes('read'),
    enableFutures: permissions.includes('trade'),
    enableWithdrawals: permissions.includes('withdraw'),
    enableInternalTransfer: false,
    enableMargin: false,
    enableSpotAndMarginTrading: false,
    enableVanillaOptions: false,
    enablePortfolioMarginTrading: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    permitsUniversalTransfer: false,
  });
}

function createListenKey({ listenKeys, account, nowMs }: PrivateCall): Reply {
  return ok({ listenKey: listenKeys.create(account.name, nowMs) });
}

/** The documentation knows no parameter; clients send the key all the same. */
const keyOf = ({ params, listenKeys, account, nowMs }: PrivateCall): string | undefined =>
  params['listenKey'] || listenKeys.currentOf(account.name, nowMs);

function extendListenKey(call: PrivateCall): Reply {
  const listenKey = keyOf(call);
  const extended =
    listenKey !== undefined && call.listenKeys.extend(listenKey, call.account.name, call.nowMs);
  return extended ? ok({ listenKey }) : ERRORS.noListenKey;
}

function removeListenKey(call: PrivateCall): Reply {
  const listenKey = keyOf(call);
  if (listenKey !== undefined) call.listenKeys.remove(listenKey, call.account.name);
  return ok({});
}
