/** Leverage, margin mode, position mode, listen keys and what a key may do. */
import { fundsOf, leverageOf } from '../../book/margin.ts';
import type { Account } from '../../book/model.ts';
import { isError, isTrue, marketParam, ok, param, signed } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { errorOf, invalid } from './codes.ts';
import { toFixed } from '../../figures.ts';

const SWAP = '/openApi/swap';
const LISTEN_KEY = '/openApi/user/auth/userDataStream';
const LISTEN_KEY_LIMITS = { uid: 2, ip: 2 };

export const accountRoutes: readonly Route[] = [
  signed('GET', `${SWAP}/v2/trade/leverage`, { uid: 5, ip: 2 }, leverage),
  signed('POST', `${SWAP}/v2/trade/leverage`, { uid: 5, ip: 2 }, setLeverage, true),
  signed('GET', `${SWAP}/v2/trade/marginType`, { uid: 2, ip: 2 }, marginType),
  signed('POST', `${SWAP}/v2/trade/marginType`, { uid: 2, ip: 2 }, setMarginType, true),
  signed('GET', `${SWAP}/v1/positionSide/dual`, { uid: 2, ip: 2 }, positionMode),
  signed('POST', `${SWAP}/v1/positionSide/dual`, { uid: 4, ip: 2 }, setPositionMode, true),
  signed('GET', `${SWAP}/v2/user/commissionRate`, { uid: 5, ip: 2 }, commissionRate),
  // Clients whose default is spot ask for it; there is nothing.
  signed('GET', '/openApi/spot/v1/account/balance', { uid: 5, ip: 2 }, () => ok({ balances: [] })),
  signed('GET', '/openApi/v1/account/apiPermissions', { uid: 5, ip: 2 }, permissions),
  signed('GET', '/openApi/v1/account/apiRestrictions', { uid: 5, ip: 2 }, restrictions),
  { method: 'POST', path: LISTEN_KEY, limits: LISTEN_KEY_LIMITS, access: 'key', run: createListenKey },
  { method: 'PUT', path: LISTEN_KEY, limits: LISTEN_KEY_LIMITS, access: 'key', run: extendListenKey },
  { method: 'DELETE', path: LISTEN_KEY, limits: LISTEN_KEY_LIMITS, access: 'key', run: removeListenKey },
];

function leverage(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  return ok({
    symbol: market.symbol,
    longLeverage: leverageOf(call.account, market, 'long'),
    shortLeverage: leverageOf(call.account, market, 'short'),
    maxLongLeverage: market.maxLeverage,
    maxShortLeverage: market.maxLeverage,
    ...room(call),
  });
}

/** What the available margin could still open. */
function room({ books, account }: PrivateCall): object {
  const available = toFixed(fundsOf(books, account).available, 4);
  return {
    availableLongVol: available,
    availableShortVol: available,
    availableLongVal: available,
    availableShortVal: available,
    maxPositionLongVal: available,
    maxPositionShortVal: available,
  };
}

function setLeverage(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const wanted = Number(call.params['leverage']);
  const side = call.params['side']?.toUpperCase();
  if (!Number.isInteger(wanted) || wanted < 1) return invalid('leverage: a whole number from 1');
  if (wanted > market.maxLeverage)
    return errorOf({ refused: 'leverage-too-high', detail: `the maximum leverage is ${market.maxLeverage}` });
  if (side !== 'LONG' && side !== 'SHORT' && side !== 'BOTH') return invalid('side: LONG, SHORT or BOTH');
  if (call.account.hedgeMode === (side === 'BOTH'))
    return invalid(`side: ${side} does not fit the position mode`);
  const sides = side === 'BOTH' ? ['long', 'short'] : [side.toLowerCase()];
  const changed = Object.fromEntries(sides.map((one) => [`${market.symbol}|${one}`, wanted]));
  changeAccount(call, { leverage: { ...call.account.leverage, ...changed } }, market.symbol);
  for (const position of call.books.positions.values()) {
    const touched =
      position.account === call.account.name &&
      position.symbol === market.symbol &&
      sides.includes(position.side);
    if (touched) call.books.transact(() => call.books.put.position({ ...position, leverage: wanted }));
  }
  return ok({ symbol: market.symbol, leverage: wanted, ...room(call) });
}

function changeAccount({ books, account }: PrivateCall, change: Partial<Account>, symbol: string): void {
  books.transact(() => {
    const updated = { ...account, ...change };
    books.put.account(updated);
    books.emit({ kind: 'config', account: updated, symbol });
  });
}

function marginType(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  return ok({
    symbol: market.symbol,
    marginType: call.account.isolated[market.symbol] ? 'ISOLATED' : 'CROSSED',
  });
}

function setMarginType(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const wanted = call.params['marginType']?.toUpperCase();
  if (wanted !== 'ISOLATED' && wanted !== 'CROSSED') return invalid('marginType: ISOLATED or CROSSED');
  const busy = isBusy(call, market.symbol);
  if (busy) return errorOf({ refused: 'mode-switch-with-positions', detail: busy });
  changeAccount(
    call,
    { isolated: { ...call.account.isolated, [market.symbol]: wanted === 'ISOLATED' } },
    market.symbol,
  );
  return ok({});
}

/** Why a mode cannot be switched now. */
function isBusy({ books, account }: PrivateCall, symbol?: string): string | undefined {
  const mine = (row: { account: string; symbol: string }) =>
    row.account === account.name && (symbol === undefined || row.symbol === symbol);
  if ([...books.positions.values()].some(mine)) return 'cannot switch while positions exist';
  return [...books.open.values()].some(mine) ? 'cannot switch while pending orders exist' : undefined;
}

const modeReply = (hedgeMode: boolean, nowMs: number): Reply => ({
  code: 0,
  data: { dualSidePosition: String(hedgeMode) },
  extra: { timeStamp: nowMs },
});

function positionMode({ account, nowMs }: PrivateCall): Reply {
  return modeReply(account.hedgeMode, nowMs);
}

function setPositionMode(call: PrivateCall): Reply {
  if (!call.params['dualSidePosition']) return invalid('dualSidePosition: true or false');
  const hedgeMode = isTrue(call.params['dualSidePosition']);
  if (hedgeMode === call.account.hedgeMode) return modeReply(hedgeMode, call.nowMs);
  const busy = isBusy(call);
  if (busy) return errorOf({ refused: 'mode-switch-with-positions', detail: busy });
  call.books.transact(() => call.books.put.account({ ...call.account, hedgeMode }));
  return modeReply(hedgeMode, call.nowMs);
}

function commissionRate({ books }: PrivateCall): Reply {
  const market = [...books.markets.values()][0];
  return ok({
    commission: {
      takerCommissionRate: Number(market?.takerFee ?? 0),
      makerCommissionRate: Number(market?.makerFee ?? 0),
    },
  });
}

/** BingX's numbers for what a key may do; without the usual envelope. */
const PERMISSION_NUMBERS = { read: 2, trade: 3, withdraw: 5 } as const;

function permissions({ account }: PrivateCall): Reply {
  const data = {
    apiKey: account.apiKey,
    permissions: account.permissions.map((one) => PERMISSION_NUMBERS[one]),
    ipAddresses: [],
    note: account.name,
  };
  return { code: 0, bare: true, data };
}

/** The same as flags, also without the envelope. */
function restrictions({ account }: PrivateCall): Reply {
  const data = {
    ipRestrict: false,
    enableReading: account.permissions.includes('read'),
    enableFutures: account.permissions.includes('trade'),
    enableSpotAndMarginTrading: false,
    enableWithdrawals: account.permissions.includes('withdraw'),
    enableInternalTransfer: false,
    permitsUniversalTransfer: false,
  };
  return { code: 0, bare: true, data };
}

function createListenKey({ listenKeys, account, nowMs }: PrivateCall): Reply {
  return { code: 0, bare: true, data: { listenKey: listenKeys.create(account.name, nowMs) } };
}

function extendListenKey({ listenKeys, account, params, nowMs }: PrivateCall): Reply {
  const key = param(params, 'listenKey');
  if (key === undefined) return { ...invalid('listenKey: This field is required.'), status: 204 };
  return listenKeys.extend(key, account.name, nowMs)
    ? ok({})
    : { code: 100404, msg: 'listenKey does not exist', status: 404 };
}

function removeListenKey({ listenKeys, account, params }: PrivateCall): Reply {
  const key = param(params, 'listenKey');
  if (key === undefined) return { ...invalid('listenKey: This field is required.'), status: 204 };
  return listenKeys.remove(key, account.name)
    ? ok({})
    : { code: 100404, msg: 'listenKey does not exist', status: 404 };
}
