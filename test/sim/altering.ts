/** Orders altered by hand: in the exchange's app an order keeps its id and gets other terms. */
import { div, max, roundToStep } from '../../domain/decimal.ts';
import { amendByHand } from '../../venue/book/amend.ts';
import { marketOf } from '../../venue/book/margin.ts';
import type { Market, Order } from '../../venue/book/model.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import type { ManualAmendment } from '../../venue/control/types.ts';
import type { AccountDesk } from './desk.ts';
import { scaled } from './market.ts';
import type { World } from './world.ts';

type Place = { world: World; desk: AccountDesk; pick: number };

/**
 * Only an order that its position knows by its id: where an exchange keeps no client id, one whose answer
 * was lost is known by its terms alone.
 * @returns what was done, in words; undefined: there was nothing to do it to
 */
export function alterByHand({ world, desk, pick }: Place): string | undefined {
  const known = desk.running.flatMap(({ state }) => state.intents.flatMap(({ orderId }) => orderId ?? []));
  const orders = [...world.books.open.values()].filter(
    ({ account, orderId }) => account === desk.name && known.some((id) => id.endsWith(orderId)),
  );
  const order = orders[pick % Math.max(1, orders.length)];
  if (!order) return undefined;
  const change = alteration(order, marketOf(world.books, order.symbol), pick);
  if (isRefusal(amendByHand(world.books, desk.name, order.orderId, change))) return undefined;
  return `by hand: ${order.label} ${order.orderId} ${JSON.stringify(change)}`;
}

function alteration(
  { quantity, trigger, price }: Order,
  { tickSize, lotSize }: Pick<Market, 'tickSize' | 'lotSize'>,
  pick: number,
): ManualAmendment {
  const percent = [-3, -1, 1, 3][pick % 4] ?? 1;
  if (pick % 3 === 0) return { quantity: max(lotSize, roundToStep(div(quantity, '2'), lotSize, 'down')) };
  if (trigger) return { stopPrice: scaled(trigger.price, percent, tickSize) };
  return price === null ? {} : { price: scaled(price, percent, tickSize) };
}
