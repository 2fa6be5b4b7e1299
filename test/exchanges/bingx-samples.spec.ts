/** Real recorded bodies of BingX, sent through the whole gateway. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../domain/decimal.ts';
import { legOf } from '../../exchanges/bingx/legs.ts';
import { bingxResponses, needSamples } from './samples.ts';
import { withStub } from './bingx-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const LTC = 'LTC/USDT:USDT';
const SINCE_THEN_MS = Date.UTC(2023, 0, 1);

describe('recorded bodies of BingX', () => {
  const setup = withStub();

  /** The recorded body of a case, by a part of its description. */
  const recorded = (part: string): StubAnswer => {
    const found = bingxResponses().find(({ description }) => description.includes(part));
    if (!found) throw new Error(`no recorded case "${part}"`);
    return { kind: 'json', body: found.httpResponse };
  };

  it('an order answer without status, filled and average is an id, and only that', async (context) => {
    needSamples(context);
    setup.stub.on('GET /openApi/swap/v2/quote/contracts', ltcMarket);
    setup.stub.on('POST /openApi/swap/v2/trade/order', recorded('swap market buy hedged'));
    const order = {
      clientOrderId: 'a1',
      symbol: LTC,
      leg: 'long',
      side: 'buy',
      kind: 'market',
      quantity: '0.1',
      reduceOnly: false,
    } as const;
    expect(await setup.exchange.placeOrder(order)).toMatchObject({
      outcome: 'accepted',
      orderId: '1751667285204103168',
    });
    setup.stub.on('POST /openApi/swap/v2/trade/order', recorded('create takeProfitOrder'));
    const target = {
      ...order,
      leg: 'net',
      side: 'sell',
      kind: 'take_profit_market',
      triggerPrice: '120',
      reduceOnly: true,
    } as const;
    expect(await setup.exchange.placeOrder(target)).toMatchObject({
      outcome: 'accepted',
      orderId: '1792485525883039744',
    });
  });

  it('a filled closing order in hedge mode', async (context) => {
    needSamples(context);
    setup.stub.on('GET /openApi/swap/v1/positionSide/dual', {
      kind: 'json',
      body: { code: 0, data: { dualSidePosition: 'true' } },
    });
    setup.stub.on('GET /openApi/swap/v2/trade/order', recorded('swap market order reduceOnly'));
    expect(await setup.exchange.findOrder({ symbol: LTC, orderId: '1770683446830788608' })).toMatchObject({
      found: 'one',
      order: {
        orderId: '1770683446830788608',
        clientOrderId: 'b39b0316-1f99-4099-8f4b-bac0f46731f8',
        symbol: LTC,
        leg: 'long',
        side: 'sell',
        kind: 'market',
        status: 'filled',
        quantity: '0.1',
        filledQuantity: '0.1',
        averagePrice: '83.71',
        reduceOnly: true,
        createdAtMs: 1710998806000,
      },
    });
  });

  it('a resting stop in one-way mode, with blank fields', async (context) => {
    needSamples(context);
    setup.stub.on('GET /openApi/swap/v2/trade/order', recorded('swap stopLoss order'));
    const lookup = await setup.exchange.findOrder({ symbol: LTC, orderId: '1792481956836519936' });
    expect(lookup).toMatchObject({
      found: 'one',
      order: {
        leg: 'net',
        kind: 'stop_market',
        status: 'open',
        quantity: '0.1',
        filledQuantity: '0',
        triggerPrice: '20',
        workingType: 'MARK_PRICE',
        reduceOnly: true,
        closePosition: false,
      },
    });
    if (lookup.found === 'one') {
      expect(lookup.order).not.toHaveProperty('clientOrderId');
      expect(lookup.order).not.toHaveProperty('price');
      expect(lookup.order).not.toHaveProperty('averagePrice');
    }
  });

  it('a position of hedge mode', async (context) => {
    needSamples(context);
    setup.stub.on('GET /openApi/swap/v1/positionSide/dual', {
      kind: 'json',
      body: { code: 0, data: { dualSidePosition: true } },
    });
    setup.stub.on('GET /openApi/swap/v2/user/positions', recorded('fetch position'));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: true,
      positions: [
        {
          symbol: LTC,
          leg: 'long',
          side: 'long',
          quantity: '0.1',
          entryPrice: '95.61',
          exchangePositionId: '1773289330136281088',
          markPrice: '95.62',
          leverage: '5',
        },
      ],
    });
  });

  it('a closed position, with the figures that the journal needs', async (context) => {
    needSamples(context);
    setup.stub.on(
      'GET /openApi/swap/v1/trade/positionHistory',
      recorded('linear swap fetch position history'),
    );
    const query = { symbol: LTC, exchangePositionId: '1861675561156571136', sinceMs: SINCE_THEN_MS };
    const [row] = await setup.exchange.closedPositions(query);
    expect(row).toEqual({
      exchangePositionId: '1861675561156571136',
      symbol: LTC,
      leg: 'net',
      side: 'long',
      quantity: '30',
      entryPrice: '95.18',
      closePrice: '129.48',
      realizedPnl: '102.89',
      netPnl: '99.63',
      fees: '0.33699650000000003',
      funding: '-2.921461693902908',
      whole: true,
      openedAtMs: 1732693017000,
      closedAtMs: 1733310292000,
    });
  });

  it('a ticker', async (context) => {
    needSamples(context);
    setup.stub.on('GET /openApi/swap/v2/quote/contracts', ltcMarket);
    setup.stub.on('GET /openApi/swap/v2/quote/ticker', recorded('swap ticker'));
    const price = await setup.exchange.price(LTC);
    expect(price).toMatchObject({ symbol: LTC, last: '69938.9' });
    expect(compare(price.last ?? '0', '69938.9')).toBe(0);
  });
});

const ltcMarket: StubAnswer = {
  kind: 'json',
  body: {
    code: 0,
    data: [
      {
        symbol: 'LTC-USDT',
        quantityPrecision: 1,
        pricePrecision: 2,
        tradeMinQuantity: '0.1',
        tradeMinUSDT: '2',
        currency: 'USDT',
        asset: 'LTC',
        status: 1,
      },
    ],
  },
};

describe('the leg of a BingX row', () => {
  it.each([
    ['BOTH', undefined, undefined, 'net'],
    ['BOTH', undefined, 'hedge', 'net'],
    ['LONG', undefined, 'one-way', 'net'],
    ['SHORT', undefined, 'hedge', 'short'],
    ['LONG', false, undefined, 'long'],
    ['SHORT', true, undefined, 'net'],
    ['LONG', undefined, undefined, undefined],
    ['SIDEWAYS', false, 'hedge', undefined],
  ] as const)('of %s, onlyOnePosition %s, mode %s, is %s', (positionSide, onlyOnePosition, mode, leg) => {
    expect(legOf({ positionSide, onlyOnePosition }, mode)).toBe(leg);
  });
});
