/** How an order ends without being filled. */
import type { Books } from './books.ts';
import { isOpen } from './model.ts';
import type { Order } from './model.ts';

export type Ending = 'cancelled' | 'expired' | 'vanished';

/** Ends an open order; a vanished one tells nobody. */
export function endOrder(books: Books, order: Order, state: Ending, reason: string): Order {
  if (!isOpen(order)) throw new Error(`order ${order.orderId} has ended already`);
  const ended: Order = {
    ...order,
    state,
    endReason: reason,
    restHeldUntilMs: null,
    updatedAtMs: books.now(),
  };
  books.put.order(ended);
  if (state !== 'vanished') {
    books.emit({
      kind: 'order',
      execution: state === 'expired' ? 'EXPIRED' : 'CANCELED',
      order: ended,
      fill: null,
    });
  }
  return ended;
}
