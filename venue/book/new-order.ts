/** Makes an order row from what is particular about it. */
import { ZERO } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import type { Order } from './model.ts';

type Required = 'account' | 'symbol' | 'leg' | 'side' | 'label' | 'execution' | 'quantity' | 'leverage';

export function newOrder(books: Books, given: Pick<Order, Required> & Partial<Order>): Order {
  const nowMs = books.now();
  return {
    orderId: books.newId(),
    clientOrderId: null,
    state: 'new',
    filledQuantity: ZERO,
    filledCost: ZERO,
    price: null,
    trigger: null,
    trail: null,
    triggeredAtMs: null,
    timeInForce: 'GTC',
    reduceOnly: false,
    closePosition: false,
    attachments: [],
    parentOrderId: null,
    firesAs: null,
    origin: 'api',
    endReason: null,
    commission: ZERO,
    realizedPnl: ZERO,
    positionId: null,
    restHeldUntilMs: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...given,
  };
}
