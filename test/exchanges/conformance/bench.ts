/** What the conformance suite needs of an exchange under test: a gateway, and a venue whose truth can be read. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { OrderRequest, RefusalKind } from '../../../domain/exchange-truth.ts';
import type { LegName, OrderSide, PositionMode, Symbol } from '../../../domain/terms.ts';
import type { ExchangeConnection } from '../../../exchanges/connection.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import type { Books, FaultPlan, RequestMatch } from '../../../venue/control/types.ts';
import type { VenueControl } from '../../../venue/control/client.ts';

/** Requests of the exchange's protocol that faults are planned for. */
export type Operation =
  | 'place'
  | 'placeConditional'
  | 'cancel'
  | 'order'
  | 'openOrders'
  | 'allOrders'
  | 'positions'
  | 'fills'
  | 'balance'
  | 'history';

/** The exchange's own codes for what every exchange can answer. */
export type Codes = {
  /** "Busy": twice, as an order may have been taken or not. */
  busy: readonly [taken: number, notTaken: number];
  tooMany: number;
  /** A definite no, with what it means to the port. */
  refusal: { code: number; msg: string; kind: RefusalKind };
};

/**
 * What the suite asks of the server behind the gateway, beside trading with it: a venue offers it all, a test
 * server of one's own has to. `books` tell the truth, whatever the exchange's own answers say.
 */
export type Control = Pick<
  VenueControl,
  | 'books'
  | 'clearFaults'
  | 'expireListenKeys'
  | 'fund'
  | 'health'
  | 'liquidate'
  | 'planFault'
  | 'planPartialFill'
  | 'requests'
  | 'setClockSkew'
  | 'setPrice'
  | 'sockets'
  | 'waitForRequest'
>;

/** As the connection has them. */
export type GatewayOptions = Pick<ExchangeConnection, 'batches' | 'rateLimits' | 'timeouts'>;

/** A running venue; `open` makes an account on it, if it is new, and a gateway in front. */
export type VenueUnderTest = {
  open: (
    account: string,
    options?: GatewayOptions,
  ) => Promise<{ exchange: Exchange; stop: () => Promise<void> }>;
  control: Control;
  symbol: Symbol;
  /** The same market in the venue's spelling. */
  marketId: string;
  operations: Record<Operation, RequestMatch>;
  codes: Codes;
  /** The id in the venue's books of the port's order id. */
  bookId: (orderId: string) => string;
  /** The private stream needs a key that expires. */
  listenKeys: boolean;
  stop: () => Promise<void>;
};

export type ExchangeUnderTest = { name: string; mode: PositionMode; start: () => Promise<VenueUnderTest> };

/** One test's account. */
export type Bench = VenueUnderTest & { exchange: Exchange; account: string };

/** The gateway's deadline in these tests. */
export const HTTP_MS = 800;
/** The price that every test starts at. */
export const START_PRICE = '50000';

let accounts = 0;

/** Starts the venue once, and a fresh account before each test; the object is filled by then. */
export function withBench(subject: ExchangeUnderTest): Bench {
  const bench = {} as Bench; // filled by the hooks before a test reads it
  let close: () => Promise<void>;
  beforeAll(async () => {
    Object.assign(bench, await subject.start());
  });
  beforeEach(async () => {
    accounts += 1;
    bench.account = `conformance${accounts}`;
    await bench.control.clearFaults();
    await bench.control.setPrice({ symbol: bench.marketId, last: START_PRICE, unpinMark: true });
    const { exchange, stop } = await bench.open(bench.account);
    bench.exchange = exchange;
    close = stop;
  });
  afterEach(() => close());
  afterAll(() => bench.stop());
  return bench;
}

export const booksOf = (bench: Bench): Promise<Books> => bench.control.books(bench.account);

/** Plans a fault for this test's account only. */
export const plan = (bench: Bench, operation: Operation, fault: Omit<FaultPlan, 'match'>): Promise<unknown> =>
  bench.control.planFault({ ...fault, match: { ...bench.operations[operation], account: bench.account } });

let orders = 0;

export const freshClientId = (): string => `hfconf${(orders += 1)}`;

type Sides = { leg: LegName; open: OrderSide; close: OrderSide };

/** The legs of a position mode that a test goes through, long ones first. */
export const legsOf = (mode: PositionMode): Sides[] =>
  mode === 'hedge'
    ? [
        { leg: 'long', open: 'buy', close: 'sell' },
        { leg: 'short', open: 'sell', close: 'buy' },
      ]
    : [
        { leg: 'net', open: 'buy', close: 'sell' },
        { leg: 'net', open: 'sell', close: 'buy' },
      ];

export const marketEntry = (bench: Bench, { leg, open }: Sides, quantity = '0.05'): OrderRequest => ({
  clientOrderId: freshClientId(),
  symbol: bench.symbol,
  leg,
  side: open,
  kind: 'market',
  quantity,
  reduceOnly: false,
});

/** Far from the price, so that it rests. */
export const restingEntry = (bench: Bench, { leg, open }: Sides): OrderRequest => ({
  ...marketEntry(bench, { leg, open, close: open }),
  kind: 'limit',
  price: open === 'buy' ? '40000' : '60000',
});

export const marketClose = (bench: Bench, { leg, close }: Sides, quantity = '0.05'): OrderRequest => ({
  clientOrderId: freshClientId(),
  symbol: bench.symbol,
  leg,
  side: close,
  kind: 'market',
  quantity,
  reduceOnly: true,
});

export const limitClose = (bench: Bench, sides: Sides, quantity = '0.05'): OrderRequest => ({
  ...marketClose(bench, sides, quantity),
  kind: 'limit',
  price: sides.open === 'buy' ? '50500' : '49500',
});

export const stopLoss = (bench: Bench, sides: Sides, quantity = '0.05'): OrderRequest => ({
  ...marketClose(bench, sides, quantity),
  kind: 'stop_market',
  workingType: 'CONTRACT_PRICE',
  triggerPrice: sides.open === 'buy' ? '49000' : '51000',
});

export const takeProfit = (bench: Bench, sides: Sides, quantity = '0.05'): OrderRequest => ({
  ...marketClose(bench, sides, quantity),
  kind: 'take_profit_market',
  workingType: 'CONTRACT_PRICE',
  triggerPrice: sides.open === 'buy' ? '51000' : '49000',
});

/** Places an order that must be accepted; returns its id. */
export async function placed(bench: Bench, request: OrderRequest): Promise<string> {
  const outcome = await bench.exchange.placeOrder(request);
  if (outcome.outcome !== 'accepted')
    throw new Error(`expected an accepted order: ${JSON.stringify(outcome)}`);
  return outcome.orderId;
}
