/**
 * The members that Binance documents of its answers (USDS-M futures, as of 2026-08-21), with their JSON
 * types: `n` number, `s` text, `b` boolean, `l` list, `o` object. An answer may have more, never less.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binanceClient, rowsOf, SYMBOL, V1 } from './binance-support.ts';
import type { Answer, Row, Signed } from './binance-support.ts';
import { BTC, testVenue } from './support.ts';

const ORDER =
  'avgPrice:s clientOrderId:s cumQuote:s executedQty:s orderId:n origQty:s origType:s price:s reduceOnly:b side:s positionSide:s status:s stopPrice:s closePosition:b symbol:s time:n timeInForce:s type:s updateTime:n workingType:s priceProtect:b priceMatch:s selfTradePreventionMode:s goodTillDate:n';
const PLACED =
  'clientOrderId:s cumQty:s executedQty:s orderId:n origQty:s price:s reduceOnly:b side:s positionSide:s status:s stopPrice:s closePosition:b symbol:s timeInForce:s type:s origType:s updateTime:n workingType:s priceProtect:b priceMatch:s selfTradePreventionMode:s goodTillDate:n';
const ALGO =
  'algoId:n clientAlgoId:s algoType:s orderType:s symbol:s side:s positionSide:s timeInForce:s quantity:s algoStatus:s triggerPrice:s price:s selfTradePreventionMode:s workingType:s priceMatch:s closePosition:b priceProtect:b reduceOnly:b createTime:n updateTime:n triggerTime:n goodTillDate:n';
const TOTALS =
  'totalInitialMargin:s totalMaintMargin:s totalWalletBalance:s totalUnrealizedProfit:s totalMarginBalance:s totalPositionInitialMargin:s totalOpenOrderInitialMargin:s totalCrossWalletBalance:s totalCrossUnPnl:s availableBalance:s maxWithdrawAmount:s assets:l positions:l';
const ASSET =
  'asset:s walletBalance:s unrealizedProfit:s marginBalance:s maintMargin:s initialMargin:s positionInitialMargin:s openOrderInitialMargin:s crossWalletBalance:s crossUnPnl:s availableBalance:s maxWithdrawAmount:s updateTime:n';
const BALANCE =
  'accountAlias:s asset:s balance:s crossWalletBalance:s crossUnPnl:s availableBalance:s maxWithdrawAmount:s marginAvailable:b updateTime:n';
const TICKER =
  'symbol:s priceChange:s priceChangePercent:s weightedAvgPrice:s lastPrice:s lastQty:s openPrice:s highPrice:s lowPrice:s volume:s quoteVolume:s openTime:n closeTime:n firstId:n lastId:n count:n';

const SYMBOL_PARAM = { symbol: SYMBOL };
/** Path, parameters, members; `[]` before the members: of the first row of a list. */
const READS: readonly [string, Record<string, string>, string][] = [
  [`${V1}/time`, {}, 'serverTime:n'],
  [`${V1}/exchangeInfo`, {}, 'exchangeFilters:l rateLimits:l serverTime:n assets:l symbols:l timezone:s'],
  [`${V1}/ticker/24hr`, SYMBOL_PARAM, TICKER],
  [`${V1}/ticker/24hr`, {}, `[] ${TICKER}`],
  [`${V1}/ticker/price`, SYMBOL_PARAM, 'symbol:s price:s time:n'],
  ['/fapi/v2/ticker/price', {}, '[] symbol:s price:s time:n'],
  [`${V1}/ticker/bookTicker`, SYMBOL_PARAM, 'symbol:s bidPrice:s bidQty:s askPrice:s askQty:s time:n'],
  [
    `${V1}/premiumIndex`,
    SYMBOL_PARAM,
    'symbol:s markPrice:s indexPrice:s estimatedSettlePrice:s lastFundingRate:s interestRate:s nextFundingTime:n time:n',
  ],
  [`${V1}/depth`, SYMBOL_PARAM, 'lastUpdateId:n E:n T:n bids:l asks:l'],
  [`${V1}/trades`, SYMBOL_PARAM, '[] id:n price:s qty:s quoteQty:s time:n isBuyerMaker:b isRPITrade:b'],
  [`${V1}/aggTrades`, SYMBOL_PARAM, '[] a:n p:s q:s nq:s f:n l:n T:n m:b'],
  [`${V1}/fundingRate`, SYMBOL_PARAM, '[] symbol:s fundingRate:s fundingTime:n markPrice:s rateType:s'],
  [
    `${V1}/fundingInfo`,
    {},
    '[] symbol:s adjustedFundingRateCap:s adjustedFundingRateFloor:s fundingIntervalHours:n disclaimer:b',
  ],
  [`${V1}/openInterest`, SYMBOL_PARAM, 'openInterest:s symbol:s time:n'],
  ['/fapi/v3/account', {}, TOTALS],
  [
    '/fapi/v2/account',
    {},
    `feeTier:n feeBurn:b canTrade:b canDeposit:b canWithdraw:b updateTime:n multiAssetsMargin:b tradeGroupId:n ${TOTALS}`,
  ],
  ['/fapi/v3/balance', {}, `[] ${BALANCE}`],
  ['/fapi/v2/balance', {}, `[] ${BALANCE}`],
  [
    '/fapi/v3/positionRisk',
    SYMBOL_PARAM,
    '[] symbol:s positionSide:s positionAmt:s entryPrice:s breakEvenPrice:s markPrice:s unRealizedProfit:s liquidationPrice:s isolatedMargin:s notional:s marginAsset:s isolatedWallet:s initialMargin:s maintMargin:s positionInitialMargin:s openOrderInitialMargin:s adl:n bidNotional:s askNotional:s updateTime:n',
  ],
  [
    '/fapi/v2/positionRisk',
    SYMBOL_PARAM,
    '[] entryPrice:s breakEvenPrice:s marginType:s isAutoAddMargin:s isolatedMargin:s leverage:s liquidationPrice:s markPrice:s maxNotionalValue:s positionAmt:s notional:s isolatedWallet:s symbol:s unRealizedProfit:s positionSide:s updateTime:n',
  ],
  [
    `${V1}/accountConfig`,
    {},
    'feeTier:n canTrade:b canDeposit:b canWithdraw:b dualSidePosition:b updateTime:n multiAssetsMargin:b tradeGroupId:n',
  ],
  [`${V1}/symbolConfig`, {}, '[] symbol:s marginType:s isAutoAddMargin:b leverage:n maxNotionalValue:s'],
  [`${V1}/leverageBracket`, SYMBOL_PARAM, '[] symbol:s notionalCoef:n brackets:l'],
  [
    `${V1}/commissionRate`,
    SYMBOL_PARAM,
    'symbol:s makerCommissionRate:s takerCommissionRate:s rpiCommissionRate:s',
  ],
  [`${V1}/apiTradingStatus`, {}, 'indicators:o updateTime:n'],
  [`${V1}/adlQuantile`, {}, '[] symbol:s adlQuantile:o'],
  [`${V1}/rateLimit/order`, {}, '[] rateLimitType:s interval:s intervalNum:n limit:n'],
  [`${V1}/feeBurn`, {}, 'feeBurn:b'],
  [`${V1}/multiAssetsMargin`, {}, 'multiAssetsMargin:b'],
  [`${V1}/positionSide/dual`, {}, 'dualSidePosition:b'],
  [`${V1}/openOrders`, SYMBOL_PARAM, `[] ${ORDER}`],
  [`${V1}/allOrders`, SYMBOL_PARAM, `[] ${ORDER} cumBase:s pair:s`],
  [
    `${V1}/userTrades`,
    SYMBOL_PARAM,
    '[] buyer:b commission:s commissionAsset:s id:n maker:b orderId:n price:s qty:s quoteQty:s baseQty:s marginAsset:s realizedPnl:s side:s positionSide:s symbol:s pair:s time:n',
  ],
  [`${V1}/income`, {}, '[] symbol:s incomeType:s income:s asset:s info:s time:n tranId:n tradeId:s'],
  [
    `${V1}/forceOrders`,
    {},
    '[] orderId:n symbol:s pair:s status:s clientOrderId:s price:s avgPrice:s origQty:s executedQty:s cumQuote:s cumBase:s timeInForce:s type:s reduceOnly:b closePosition:b side:s positionSide:s stopPrice:s workingType:s origType:s time:n updateTime:n',
  ],
  [
    `${V1}/openAlgoOrders`,
    {},
    `[] ${ALGO} actualOrderId:s actualPrice:s tpTriggerPrice:s tpPrice:s slTriggerPrice:s slPrice:s tpOrderType:s`,
  ],
  [
    `${V1}/allAlgoOrders`,
    SYMBOL_PARAM,
    `[] ${ALGO} actualOrderId:s actualPrice:s tpTriggerPrice:s tpPrice:s slTriggerPrice:s slPrice:s tpOrderType:s`,
  ],
];

const TYPES: Readonly<Record<string, string>> = { n: 'number', s: 'string', b: 'boolean', o: 'object' };

/** What is missing or of another type. */
function flaws(row: Row | undefined, members: string): string[] {
  return members.split(' ').filter((member) => {
    const [name = '', type = ''] = member.split(':');
    const value = row?.[name];
    return type === 'l' ? !Array.isArray(value) : typeof value !== TYPES[type] || value === null;
  });
}

function flawsOf(answer: Answer, members: string): string[] {
  expect(answer.status).toBe(200);
  return members.startsWith('[] ') ? flaws(rowsOf(answer)[0], members.slice(3)) : flaws(answer.body, members);
}

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;
const REST = {
  symbol: SYMBOL,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '60000',
};
const STOP = {
  ...{ algoType: 'CONDITIONAL', symbol: SYMBOL, side: 'SELL', type: 'STOP_MARKET', quantity: '0.01' },
  ...{ triggerPrice: '64000', reduceOnly: 'true' },
};

beforeAll(async () => {
  venue = await testVenue();
  call = binanceClient(venue.url);
  await venue.control.setPrice({ symbol: BTC, last: '65001' });
  const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;
  await venue.control.trade({ ...leg, action: 'open', direction: 'long', quantity: '0.02' });
  await venue.control.liquidate({ ...leg });
  await call('POST', `${V1}/order`, { ...REST, price: '65100' });
  await call('POST', `${V1}/order`, REST);
  await call('POST', `${V1}/algoOrder`, STOP);
});
afterAll(() => venue.dispose());

describe('answers have what the documentation shows', () => {
  it.each(READS)('GET %s %j', async (path, params, members) => {
    expect(flawsOf(await call('GET', path, params), members)).toEqual([]);
  });

  it('placed, amended and cancelled orders', async () => {
    const placed = await call('POST', `${V1}/order`, REST);
    expect(flawsOf(placed, PLACED)).toEqual([]);
    const id = { symbol: SYMBOL, orderId: String(placed.body['orderId']) };
    expect(flawsOf(await call('PUT', `${V1}/order`, { ...REST, ...id, price: '60001' }), PLACED)).toEqual([]);
    expect(flawsOf(await call('GET', `${V1}/order`, id), ORDER)).toEqual([]);
    expect(flawsOf(await call('GET', `${V1}/openOrder`, id), ORDER)).toEqual([]);
    expect(flawsOf(await call('DELETE', `${V1}/order`, id), PLACED)).toEqual([]);
  });

  it('placed, found and cancelled algo orders', async () => {
    const placed = await call('POST', `${V1}/algoOrder`, STOP);
    expect(flawsOf(placed, `${ALGO} activatePrice:s callbackRate:s`)).toEqual([]);
    expect(placed.body).toHaveProperty('icebergQuantity', null);
    const id = { algoId: String(placed.body['algoId']) };
    const found = await call('GET', `${V1}/algoOrder`, id);
    expect(flawsOf(found, `${ALGO} actualOrderId:s actualPrice:s tpOrderType:s`)).toEqual([]);
    const gone = await call('DELETE', `${V1}/algoOrder`, id);
    expect(flawsOf(gone, 'algoId:n clientAlgoId:s code:s msg:s')).toEqual([]);
  });

  it('settings and cancelling all', async () => {
    const leverage = await call('POST', `${V1}/leverage`, { symbol: SYMBOL, leverage: 20 });
    expect(flawsOf(leverage, 'leverage:n maxNotionalValue:s symbol:s')).toEqual([]);
    for (const path of ['allOpenOrders', 'algoOpenOrders']) {
      const answer = await call('DELETE', `${V1}/${path}`, SYMBOL_PARAM);
      expect(flawsOf(answer, 'code:n msg:s')).toEqual([]);
    }
  });

  it('rows within rows', async () => {
    const info = (await call('GET', `${V1}/exchangeInfo`)).body['symbols'] as Row[];
    expect(
      flaws(
        info[0],
        'symbol:s pair:s contractType:s deliveryDate:n onboardDate:n status:s maintMarginPercent:s requiredMarginPercent:s baseAsset:s quoteAsset:s marginAsset:s pricePrecision:n quantityPrecision:n baseAssetPrecision:n quotePrecision:n underlyingType:s underlyingSubType:l settlePlan:n triggerProtect:s filters:l orderTypes:l timeInForce:l liquidationFee:s marketTakeBound:s',
      ),
    ).toEqual([]);
    const account = (await call('GET', '/fapi/v3/account')).body;
    expect(flaws((account['assets'] as Row[])[0], ASSET)).toEqual([]);
    const position =
      'symbol:s positionSide:s positionAmt:s unrealizedProfit:s isolatedMargin:s notional:s isolatedWallet:s initialMargin:s maintMargin:s updateTime:n';
    expect(flaws((account['positions'] as Row[])[0], position)).toEqual([]);
    const brackets = rowsOf(await call('GET', `${V1}/leverageBracket`))[0]?.['brackets'] as Row[];
    expect(
      flaws(
        brackets[0],
        'bracket:n initialLeverage:n notionalCap:n notionalFloor:n maintMarginRatio:n cum:n',
      ),
    ).toEqual([]);
    const candle = rowsOf(await call('GET', `${V1}/klines`, { ...SYMBOL_PARAM, interval: '1m' }))[0];
    expect((candle as unknown as unknown[]).map((value) => typeof value)).toEqual([
      ...['number', 'string', 'string', 'string', 'string', 'string', 'number', 'string', 'number'],
      ...['string', 'string', 'string'],
    ]);
  });
});
