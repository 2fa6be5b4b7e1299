/**
 * An exchange small enough to be believed: orders, one netting leg, executions, closed positions, and
 * lists that lag. Its books are the truth that tests compare a position with. Reduce-only is honoured,
 * client ids are not deduplicated, so that a second acceptance of one entry shows.
 */
import {
  add,
  div,
  gt,
  gte,
  isPositive,
  lte,
  min,
  mul,
  sub,
  ZERO,
  type Decimal,
} from '../../domain/decimal.ts';
import type {
  ClosedPosition,
  ExchangeOrder,
  ExchangePosition,
  Fill,
  LegSnapshot,
  OrderRequest,
  PlaceOutcome,
} from '../../domain/exchange-truth.ts';
import { orderMatches } from '../../domain/reconcile/matching.ts';
import type { FindReport } from '../../domain/position/look-ups.ts';
import type { CancelReport } from '../../domain/position/outcomes.ts';
import type { OrderSide, Side } from '../../domain/terms.ts';
import { BTC, snapshot } from './builders.ts';

/** How long the positions list may lag behind an execution. */
export const LAG_MS = 1_000;

type Book = {
  id: string;
  side: Side;
  quantity: Decimal;
  cost: Decimal;
  closed: Decimal;
  proceeds: Decimal;
  openedAtMs: number;
  /** Its first execution's place among all. */
  firstFill: number;
};

export class ModelExchange {
  readonly orders: ExchangeOrder[] = [];
  readonly fills: Fill[] = [];
  readonly closed: ClosedPosition[] = [];
  readonly acceptances: OrderRequest[] = [];
  price: Decimal = '109000';
  nowMs: number;
  /** Whether positions carry an id and the time of their opening, as on BingX alone. */
  ids = true;
  /** Cancels what rests for a position that is gone, as BingX does. */
  tidy = true;
  private book: Book | null = null;
  private history: { atMs: number; position: ExchangePosition | undefined }[] = [];
  private late: { atMs: number; request: OrderRequest }[] = [];
  private counter = 1000;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  private next(): string {
    return String(this.counter++);
  }

  get position(): ExchangePosition | undefined {
    const { book } = this;
    if (!book) return undefined;
    const { id, side, quantity, cost, openedAtMs } = book;
    const entryPrice = div(cost, quantity);
    const named = this.ids ? { exchangePositionId: id, openedAtMs } : {};
    return { symbol: BTC.symbol, leg: 'net', side, quantity, entryPrice, ...named };
  }

  get live(): ExchangeOrder[] {
    return this.orders.filter((order) => order.status === 'open');
  }

  advance(ms: number): void {
    this.nowMs += ms;
    const due = this.late.filter((arrival) => arrival.atMs <= this.nowMs);
    this.late = this.late.filter((arrival) => arrival.atMs > this.nowMs);
    for (const { request } of due) this.receive(request);
  }

  /** A request that is on its way, and arrives though nobody waits for its answer any more. */
  receiveLater(request: OrderRequest, inMs: number): void {
    this.late.push({ atMs: this.nowMs + inMs, request });
  }

  place(request: OrderRequest): PlaceOutcome {
    const times = { sentAtMs: this.nowMs, answeredAtMs: this.nowMs };
    const refusal = this.refusal(request);
    if (refusal) return { outcome: 'refused', kind: refusal, reason: `it says ${refusal}`, ...times };
    return { outcome: 'accepted', orderId: this.receive(request)?.orderId ?? '', ...times };
  }

  private refusal(request: OrderRequest): 'no_position' | 'would_trigger' | null {
    const reduces = this.book && (this.book.side === 'long') === (request.side === 'sell');
    if (request.reduceOnly && !reduces) return 'no_position';
    return request.triggerPrice !== undefined &&
      this.triggers(request.kind, request.side, request.triggerPrice)
      ? 'would_trigger'
      : null;
  }

  private receive(request: OrderRequest): ExchangeOrder | undefined {
    if (this.refusal(request)) return undefined;
    this.acceptances.push(request);
    const { clientOrderId, ...terms } = request;
    const named = terms.triggerPrice === undefined ? { clientOrderId } : {};
    const times = { createdAtMs: this.nowMs, updatedAtMs: this.nowMs };
    const order: ExchangeOrder = {
      ...terms,
      ...named,
      orderId: this.next(),
      status: 'open',
      filledQuantity: ZERO,
      closePosition: false,
      ...times,
    };
    this.orders.push(order);
    if (order.kind === 'market') this.execute(order, order.quantity);
    return order;
  }

  private triggers(kind: ExchangeOrder['kind'], side: OrderSide, level: Decimal): boolean {
    const whenBelow = (side === 'sell') === (kind === 'stop_market');
    return whenBelow ? lte(this.price, level) : gte(this.price, level);
  }

  /** The price jumps; whatever it triggers executes. */
  moveTo(price: Decimal): void {
    this.price = price;
    for (const order of this.live) {
      if (order.triggerPrice !== undefined && this.triggers(order.kind, order.side, order.triggerPrice))
        this.execute(order, order.quantity);
    }
  }

  /** Executes up to `quantity` of an order at the current price. */
  execute(order: ExchangeOrder, quantity: Decimal): void {
    if (order.status !== 'open') return;
    const left = sub(order.quantity, order.filledQuantity);
    const reduces = this.book !== null && (this.book.side === 'long') === (order.side === 'sell');
    const room = order.reduceOnly ? (reduces ? (this.book?.quantity ?? ZERO) : ZERO) : left;
    const part = min(min(quantity, left), room);
    const price = order.price ?? this.price;
    if (isPositive(part)) this.trade(order.orderId, order.side, part, price);
    if (isPositive(part)) {
      const value = add(mul(order.averagePrice ?? ZERO, order.filledQuantity), mul(price, part));
      order.filledQuantity = add(order.filledQuantity, part);
      order.averagePrice = div(value, order.filledQuantity);
    }
    order.updatedAtMs = this.nowMs;
    if (gte(order.filledQuantity, order.quantity)) order.status = 'filled';
    else if (order.kind !== 'limit') order.status = 'cancelled';
  }

  /** Somebody trades by hand. */
  byHand(side: OrderSide, quantity: Decimal): void {
    if (isPositive(quantity)) this.trade(this.next(), side, quantity, this.price);
  }

  private trade(orderId: string, side: OrderSide, quantity: Decimal, price: Decimal): void {
    this.fills.push({
      fillId: `f${this.next()}`,
      orderId,
      symbol: BTC.symbol,
      leg: 'net',
      side,
      price,
      quantity,
      atMs: this.nowMs,
    });
    const { book } = this;
    const adds = book === null || (book.side === 'long') === (side === 'buy');
    if (adds) this.add(side, quantity, price);
    else this.reduce(book, side, quantity);
    this.history.push({ atMs: this.nowMs, position: this.position });
  }

  private add(side: OrderSide, quantity: Decimal, price: Decimal): void {
    const fresh: Book = {
      id: `p${this.next()}`,
      side: side === 'buy' ? 'long' : 'short',
      quantity: ZERO,
      cost: ZERO,
      closed: ZERO,
      proceeds: ZERO,
      openedAtMs: this.nowMs,
      firstFill: this.fills.length - 1,
    };
    const book = this.book ?? fresh;
    const sum = add(book.quantity, quantity);
    this.book = { ...book, quantity: sum, cost: add(book.cost, mul(quantity, price)) };
  }

  private reduce(book: Book, side: OrderSide, quantity: Decimal): void {
    const part = min(quantity, book.quantity);
    const entry = div(book.cost, book.quantity);
    const left = sub(book.quantity, part);
    this.book = {
      ...book,
      quantity: left,
      cost: mul(entry, left),
      closed: add(book.closed, part),
      proceeds: add(book.proceeds, mul(part, this.price)),
    };
    if (isPositive(left)) return;
    this.closed.push(this.closedRow(this.book, entry));
    this.book = null;
    if (this.tidy) for (const order of this.live) if (order.reduceOnly) this.end(order);
    if (gt(quantity, part)) this.add(side, sub(quantity, part), this.price);
  }

  private closedRow(book: Book, entryPrice: Decimal): ClosedPosition {
    const closePrice = div(book.proceeds, book.closed);
    const gross = mul(sub(closePrice, entryPrice), book.closed);
    return {
      // Where there are no ids, a row is rebuilt from executions and names their orders.
      ...(this.ids
        ? { exchangePositionId: book.id }
        : { orderIds: this.fills.slice(book.firstFill).map(({ orderId }) => orderId) }),
      symbol: BTC.symbol,
      leg: 'net',
      side: book.side,
      quantity: book.closed,
      entryPrice,
      closePrice,
      realizedPnl: book.side === 'long' ? gross : sub(ZERO, gross),
      netPnl: sub(book.side === 'long' ? gross : sub(ZERO, gross), '1'),
      openedAtMs: book.openedAtMs,
      closedAtMs: this.nowMs,
      whole: true,
    };
  }

  /** An order ends without anybody's wish: by hand, by the exchange, by expiry. */
  end(order: ExchangeOrder, status: 'cancelled' | 'expired' = 'cancelled'): void {
    if (order.status !== 'open') return;
    order.status = status;
    order.updatedAtMs = this.nowMs;
  }

  cancel(orderId: string): CancelReport {
    const order = this.live.find((each) => each.orderId === orderId);
    if (!order) return { outcome: 'gone', reason: 'no such open order', answeredAtMs: this.nowMs };
    this.end(order);
    return { outcome: 'cancelled', answeredAtMs: this.nowMs };
  }

  find(query: {
    orderId: string | null;
    request: OrderRequest;
    excludeOrderIds: string[];
    sinceMs: number | null;
  }): FindReport {
    const { orderId, request, excludeOrderIds, sinceMs } = query;
    const named = this.orders.filter((order) => orderId !== null && order.orderId === orderId);
    const alike = this.orders.filter(
      (order) =>
        !excludeOrderIds.includes(order.orderId) &&
        orderMatches(request, order) &&
        (order.createdAtMs ?? 0) >= (sinceMs ?? 0) - 2_000,
    );
    const [only, ...others] = orderId === null ? alike : named;
    if (!only) return { found: 'none', askedAtMs: this.nowMs };
    return others.length > 0
      ? { found: 'many', askedAtMs: this.nowMs }
      : { found: 'one', order: { ...only }, askedAtMs: this.nowMs };
  }

  /** A reading as of now; `lagging` shows the position of a second ago. */
  reading(how: 'true' | 'lagging' | 'empty' | 'incomplete' = 'true'): LegSnapshot {
    const orders = this.live.map((order) => ({ ...order }));
    const at = snapshot(this.nowMs, { readAtMs: this.nowMs });
    if (how === 'empty') return at;
    if (how === 'incomplete') return { ...at, complete: false, problems: ['positions: 502'] };
    const position = how === 'lagging' ? this.positionAt(this.nowMs - LAG_MS) : this.position;
    return { ...at, orders, ...(position && { position }) };
  }

  private positionAt(atMs: number): ExchangePosition | undefined {
    return this.history.findLast((each) => each.atMs <= atMs)?.position;
  }

  /** What the leg holds in this direction. */
  quantityOf(side: Side): Decimal {
    return this.book && this.book.side === side ? this.book.quantity : ZERO;
  }
}
