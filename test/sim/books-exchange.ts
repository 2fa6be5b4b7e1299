/**
 * The exchange port over the venue's own books, in process: what a gateway would bring back, without wire,
 * clock or waiting. Every call happens at the moment it is made; when its answer comes, and whether, is
 * for the caller. Positions lag and lists lie exactly as the venue's do (`venue/visible.ts`).
 */
import { gte, lte } from '../../domain/decimal.ts';
import type {
  AccountSnapshot,
  ClosedPosition,
  ExchangeOrder,
  Fill,
  LegSnapshot,
  OrderRequest,
} from '../../domain/exchange-truth.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import type { FindReport } from '../../domain/position/look-ups.ts';
import type { CancelReport, PlaceReport } from '../../domain/position/outcomes.ts';
import { isConditional, type LegName, type Symbol } from '../../domain/terms.ts';
import { hasShape, LOOKUP_SLACK_MS } from '../../exchanges/lookup.ts';
import type { Books } from '../../venue/book/books.ts';
import { marketOf } from '../../venue/book/margin.ts';
import type { Order, Trigger } from '../../venue/book/model.ts';
import { cancelOrder, findOrder, placeOrder } from '../../venue/book/place.ts';
import { isRefusal, refuse } from '../../venue/book/refusal.ts';
import type { Refusal } from '../../venue/book/refusal.ts';
import { keptPositions, visibleOpenOrders, visiblePositions } from '../../venue/visible.ts';
import type { Distortion } from '../../venue/wire.ts';
import { closedRows } from './closed-rows.ts';
import type { Flavour } from './flavours.ts';
import { LABELS, portId, toFill, toOrder, toPosition, venueId, venueSymbol, waitedAs } from './venue-rows.ts';

export type FindQuery = {
  orderId: string | null;
  request: OrderRequest;
  excludeOrderIds: readonly string[];
  sinceMs: number | null;
};

type LegQuery = { symbol: Symbol; leg: LegName };

/** Executions may be dated a little before the request that made them left; see activities/exchange.ts. */
const FILLS_SLACK_MS = 2_000;

export class BooksExchange {
  /** The port's ids of the orders that were taken under a client id. */
  readonly acceptances = new Map<string, string[]>();
  /** What was asked for, by the id that it got. */
  readonly requests = new Map<string, OrderRequest>();
  private fresh: string[] = [];
  private sequence = 0;
  private readonly books: Books;
  private readonly flavour: Flavour;
  private readonly account: string;

  constructor(books: Books, flavour: Flavour, account: string) {
    this.books = books;
    this.flavour = flavour;
    this.account = account;
  }

  get nowMs(): number {
    return this.books.now();
  }

  /** @param look the order is read once more in the same call, where it may have filled at once */
  place(request: OrderRequest, look = true): PlaceReport {
    const times = { sentAtMs: this.nowMs, answeredAtMs: this.nowMs };
    const placed = this.send(request);
    if (isRefusal(placed)) {
      const { kind, code, reason } = this.flavour.meaning(placed);
      if (kind === undefined) return { outcome: 'unknown', reason, ...times };
      return { outcome: 'refused', kind, code, reason, ...times };
    }
    const orderId = portId(placed);
    const known = this.acceptances.get(request.clientOrderId) ?? [];
    this.acceptances.set(request.clientOrderId, [...known, orderId]);
    this.requests.set(orderId, request);
    this.fresh.push(request.clientOrderId);
    const order = look && !isConditional(request) ? this.orderOf(orderId) : undefined;
    return { outcome: 'accepted', orderId, ...times, ...(order && { order }) };
  }

  /** Client ids under which something was taken since this was asked last. */
  takenSince(): string[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  private send(request: OrderRequest): Order | Refusal {
    const { books, flavour } = this;
    const market = marketOf(books, venueSymbol(request.symbol));
    const trigger = triggerOf(request, flavour);
    const level = trigger && market[trigger.source];
    const reached =
      trigger &&
      level &&
      (trigger.fires === 'rising' ? gte(level, trigger.price) : lte(level, trigger.price));
    if (reached && flavour.name !== 'bingx')
      return refuse(
        request.side === 'sell' ? 'long-stop-above' : 'short-stop-below',
        'the trigger is behind the price',
      );
    const named = trigger === null || flavour.conditionalClientIds;
    return books.transact(() =>
      placeOrder(
        books,
        {
          account: this.account,
          symbol: market.symbol,
          leg: request.leg,
          side: request.side,
          label: LABELS[request.kind],
          execution: request.kind === 'limit' ? 'limit' : 'market',
          quantity: request.quantity,
          price: request.price ?? null,
          trigger,
          clientOrderId: named ? request.clientOrderId : null,
          reduceOnly: request.reduceOnly && (request.leg === 'net' || flavour.reduceOnlyInHedge),
          ...(flavour.algoOrders && trigger && { orderId: books.newId(), firesAs: books.newId() }),
        },
        false,
        flavour.rules,
      ),
    );
  }

  cancel(orderId: string): CancelReport {
    const answeredAtMs = this.nowMs;
    const cancelled = cancelOrder(this.books, this.account, { orderId: venueId(orderId) });
    const order = this.orderOf(orderId);
    const looked = order && { order };
    return isRefusal(cancelled)
      ? { outcome: 'gone', reason: cancelled.detail, answeredAtMs, ...looked }
      : { outcome: 'cancelled', answeredAtMs, ...looked };
  }

  /** By id, else by client id where the exchange shows one, else by shape; as the adapters look. */
  find({ orderId, request, excludeOrderIds, sinceMs }: FindQuery): FindReport {
    const askedAtMs = this.nowMs;
    const oldestMs = (sinceMs ?? 0) - LOOKUP_SLACK_MS;
    const mine = [...this.books.orders.values()].filter(
      (order) => order.account === this.account && order.state !== 'vanished',
    );
    const candidates = mine
      .filter((order) => waitedAs(this.books, order) === undefined)
      .filter((order) => order.symbol === venueSymbol(request.symbol))
      .map((order) => toOrder(this.books, this.flavour, order));
    const meant = candidates.filter((order) => {
      if (orderId !== null) return order.orderId === orderId;
      if (excludeOrderIds.includes(order.orderId)) return false;
      if (order.clientOrderId !== undefined) return order.clientOrderId === request.clientOrderId;
      return hasShape(order, request) && (order.createdAtMs ?? 0) >= oldestMs;
    });
    const [only, ...others] = meant;
    if (!only) return { found: 'none', askedAtMs };
    return others.length > 0
      ? { found: 'many', orders: meant, askedAtMs }
      : { found: 'one', order: only, askedAtMs };
  }

  private orderOf(orderId: string): ExchangeOrder | undefined {
    const order = findOrder(this.books, this.account, { orderId: venueId(orderId) });
    return order && toOrder(this.books, this.flavour, order);
  }

  snapshot(distortion?: Distortion): AccountSnapshot {
    const { books, flavour, account } = this;
    const atMs = this.nowMs;
    const positions = visiblePositions(books, account, distortion).map((row) => toPosition(flavour, row));
    const orders = visibleOpenOrders(books, account, distortion)
      // What carries an own conditional order out has its client id: see exchanges/binance/snapshot.ts.
      .filter((order) => !carriesOut(books, order))
      .map((order) => toOrder(books, flavour, order))
      .filter((order) => order.status === 'open');
    this.sequence += 1;
    return {
      sequence: this.sequence,
      takenAtMs: atMs,
      readAtMs: atMs,
      complete: true,
      problems: [],
      positions: [...keptPositions(positions, distortion)],
      orders,
    };
  }

  legSnapshot({ symbol, leg }: LegQuery, distortion?: Distortion): LegSnapshot {
    const { positions, orders, ...rest } = this.snapshot(distortion);
    const position = positions.find((row) => row.symbol === symbol && row.leg === leg);
    return {
      ...rest,
      orders: orders.filter((order) => order.symbol === symbol && order.leg === leg),
      ...(position && { position }),
    };
  }

  fills({ symbol, leg, sinceMs }: LegQuery & { sinceMs: number }): Fill[] {
    const since = sinceMs - FILLS_SLACK_MS;
    return this.books.fills
      .filter((fill) => fill.account === this.account && fill.leg === leg && fill.atMs >= since)
      .filter((fill) => fill.symbol === venueSymbol(symbol))
      .map((fill) => toFill(this.books, fill));
  }

  closed(query: { symbol: Symbol; sinceMs: number; exchangePositionId: string | null }): ClosedPosition[] {
    const { symbol, sinceMs, exchangePositionId } = query;
    return closedRows(this.books, this.flavour, {
      account: this.account,
      symbol,
      sinceMs: sinceMs - FILLS_SLACK_MS,
      exchangePositionId: exchangePositionId ?? undefined,
    });
  }
}

function carriesOut(books: Books, order: Order): boolean {
  const role = parseClientOrderId(order.clientOrderId ?? '')?.role;
  return waitedAs(books, order) !== undefined && (role === 'stop' || role === 'target');
}

function triggerOf(request: OrderRequest, flavour: Flavour): Trigger | null {
  const { kind, side, triggerPrice, workingType, leg } = request;
  if (triggerPrice === undefined || !isConditional(request)) return null;
  const stop = kind === 'stop_market';
  // Binance's hedge mode knows no reduce-only: there the leg and the side say it.
  const says = leg === 'net' || flavour.name !== 'binance';
  return {
    price: triggerPrice,
    source: workingType === 'MARK_PRICE' ? 'mark' : 'last',
    role: says ? (stop ? 'stop' : 'target') : 'entry',
    fires: stop === (side === 'buy') ? 'rising' : 'falling',
  };
}
