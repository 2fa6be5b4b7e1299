/** What a gateway can do with a key at the worst: nothing but trade. */
import { describe, expect, it } from 'vitest';
import { ENDPOINTS as BINANCE } from '../../exchanges/binance/endpoints.ts';
import { ENDPOINTS as BINGX } from '../../exchanges/bingx/endpoints.ts';
import { ENDPOINTS as BYBIT } from '../../exchanges/bybit/endpoints.ts';

/** Everything that changes something at the exchange. */
const writing = (endpoints: Record<string, { method: string }>): string[] =>
  Object.values(endpoints)
    .map(({ method }) => method)
    .filter((method) => /(Post|Put|Delete|Patch)[A-Z]/.test(method))
    .sort();

describe('of all that a key may do, only this can be reached', () => {
  it('BingX', () =>
    expect(writing(BINGX)).toEqual([
      'swapV2PrivateDeleteTradeOrder',
      'swapV2PrivatePostTradeBatchOrders',
      'swapV2PrivatePostTradeLeverage',
      'swapV2PrivatePostTradeOrder',
      'userAuthPrivatePostUserDataStream',
      'userAuthPrivatePutUserDataStream',
    ]));

  it('Bybit', () =>
    expect(writing(BYBIT)).toEqual([
      'privatePostV5OrderCancel',
      'privatePostV5OrderCreate',
      'privatePostV5OrderCreateBatch',
      'privatePostV5PositionSetLeverage',
    ]));

  it('Binance', () =>
    expect(writing(BINANCE)).toEqual([
      'fapiPrivateDeleteAlgoOrder',
      'fapiPrivateDeleteOrder',
      'fapiPrivatePostAlgoOrder',
      'fapiPrivatePostLeverage',
      'fapiPrivatePostListenKey',
      'fapiPrivatePostOrder',
      'fapiPrivatePutListenKey',
    ]));
});
