/** Whatever a client sends, Binance's answers agree with the books, and the protocol never fails itself. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { createBinance } from '../../venue/protocols/binance/protocol.ts';
import { createTape } from '../../venue/tape.ts';
import { sign, SYMBOL, V1 } from './binance-support.ts';
import type { Row } from './binance-support.ts';
import { KEYS, testBooks } from './support.ts';

type Params = Record<string, string>;
type Step =
  | { readonly method: string; readonly path: string; readonly params: Params }
  | { readonly price: string };

const oneOf = (...values: string[]) => fc.constantFrom(...values);
/** Now and then what it must not be. */
const mostly = (good: fc.Arbitrary<string>, bad: string) =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.constant(bad) });

const order = fc.record(
  {
    symbol: mostly(fc.constant(SYMBOL), 'NOPEUSDT'),
    side: oneOf('BUY', 'SELL'),
    type: oneOf('MARKET', 'LIMIT'),
    quantity: mostly(oneOf('0.01', '0.02', '0.1'), '-1'),
    price: mostly(oneOf('49000', '49900', '50100', '51000'), 'x'),
    timeInForce: oneOf('GTC', 'IOC', 'FOK', 'GTX'),
    reduceOnly: oneOf('true', 'false'),
    newClientOrderId: oneOf('a', 'b'),
    newOrderRespType: oneOf('ACK', 'RESULT'),
  },
  { requiredKeys: ['symbol', 'side', 'type', 'quantity'] },
);
const algo = fc.record(
  {
    algoType: fc.constant('CONDITIONAL'),
    symbol: fc.constant(SYMBOL),
    side: oneOf('BUY', 'SELL'),
    type: oneOf('STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'),
    triggerPrice: oneOf('49000', '49500', '50500', '51000'),
    quantity: mostly(oneOf('0.01', '0.05'), ''),
    price: oneOf('49000', '51000'),
    callbackRate: oneOf('0.5', '1'),
    reduceOnly: oneOf('true', 'false'),
    closePosition: oneOf('true', 'false'),
    clientAlgoId: oneOf('a', 'b'),
    workingType: oneOf('MARK_PRICE', 'CONTRACT_PRICE'),
  },
  {
    requiredKeys: ['algoType', 'symbol', 'side', 'type', 'triggerPrice', 'quantity', 'price', 'callbackRate'],
  },
);
const send = (method: string, path: string, params: fc.Arbitrary<Params>): fc.Arbitrary<Step> =>
  params.map((given) => ({ method, path, params: given }));

/** Market orders take neither price nor time. */
const asMeant = (given: Params): Params => {
  const { price: _, timeInForce: __, ...rest } = given;
  return given['type'] === 'MARKET' ? rest : { timeInForce: 'GTC', ...given };
};

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: send('POST', `${V1}/order`, order.map(asMeant)) },
  { weight: 4, arbitrary: send('POST', `${V1}/algoOrder`, algo) },
  { weight: 1, arbitrary: send('DELETE', `${V1}/algoOrder`, fc.record({ clientAlgoId: oneOf('a', 'b') })) },
  {
    weight: 1,
    arbitrary: send('DELETE', `${V1}/allOpenOrders`, fc.constant({ symbol: SYMBOL })),
  },
  { weight: 4, arbitrary: oneOf('49000', '49600', '50000', '50400', '51000').map((price) => ({ price })) },
);

function createWorld() {
  const world = testBooks({ settings: { rateLimits: false, positionLagMs: 0 } });
  const { books } = world;
  const protocol = createBinance(books, createTape());
  const ask = (method: string, path: string, params: Params = {}): { status: number; body: unknown } => {
    const query = new URLSearchParams({ ...params, timestamp: String(books.now()) }).toString();
    const request = {
      ...{ method, path, body: '', contentType: '', remote: '127.0.0.1' },
      query: `${query}&signature=${sign(query)}`,
      headers: { 'x-mbx-apikey': KEYS.apiKey },
    };
    const answer = books.transact(() => protocol.handle(request, undefined));
    return { status: answer.status, body: JSON.parse(answer.body) as unknown };
  };
  const rows = (path: string) => ask('GET', path, { symbol: SYMBOL, limit: '1000' }).body as Row[];
  return { ...world, protocol, ask, rows };
}

const byNumber = (a: number, b: number) => a - b;

type World = ReturnType<typeof createWorld>;

function expectAgreement({ books, rows }: World): void {
  const open = [...rows(`${V1}/openOrders`), ...rows(`${V1}/openAlgoOrders`)];
  const ids = open.map((row) => Number(row['orderId'] ?? row['algoId']));
  // Each in one list only.
  expect(ids.toSorted(byNumber)).toEqual([...books.open.keys()].map(Number).toSorted(byNumber));
  expect(ids.every(Number.isSafeInteger)).toBe(true);
  const [position] = books.positions.values();
  const amount = rows('/fapi/v3/positionRisk').find((row) => Number(row['positionAmt']) !== 0)?.[
    'positionAmt'
  ];
  const signed = position && Number(position.quantity) * (position.side === 'long' ? 1 : -1);
  expect(Number(amount ?? 0)).toBeCloseTo(signed ?? 0, 10);
  expectFills(rows(`${V1}/allOrders`), rows(`${V1}/userTrades`));
  for (const fill of books.fills) {
    const order = books.orders.get(fill.orderId);
    if (order?.reduceOnly || order?.closePosition) expect(fill.closing).toBe(true);
  }
}

function expectFills(orders: readonly Row[], trades: readonly Row[]): void {
  for (const order of orders) {
    const filled = trades
      .filter((trade) => trade['orderId'] === order['orderId'])
      .reduce((sum, trade) => sum + Number(trade['qty']), 0);
    expect(filled).toBeCloseTo(Number(order['executedQty']), 10);
  }
}

describe('the Binance protocol', () => {
  it('answers what the books say after any requests and prices', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = createWorld();
        try {
          for (const one of steps) {
            if ('price' in one) world.jump(one.price);
            else expect(world.ask(one.method, one.path, one.params).status).toBeLessThan(500);
          }
          expectAgreement(world);
        } finally {
          world.protocol.sockets.close();
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
