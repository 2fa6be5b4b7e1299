/**
 * Protective orders that were gone although their position had not taken them back. They count when a
 * successor rests: what an exchange takes back because the leg is flat is no news.
 */
import type { JournalEvent } from '../publication.ts';
import { fieldsIn, textIn, type Fields, type Story } from './story.ts';

/** The event of its end, and what happened in words. */
export type VanishedOrder = { event: JournalEvent; text: string };

/** Ends that somebody other than the order's position brought about, unless it had asked for it. */
const GONE: ReadonlySet<unknown> = new Set(['cancelled', 'expired', 'rejected']);

type Order = { role: string; place: string; planned: number; orderId: string | undefined; asked: boolean };

/** In one pass: a life of years has many orders. */
export function vanishedOrders(story: Story): VanishedOrder[] {
  const orders = new Map<unknown, Order>();
  let gone: { event: JournalEvent; order: Order }[] = [];
  const found: VanishedOrder[] = [];
  for (const event of story) {
    const { type, data, sequence } = event;
    for (const intent of intentsOf(event)) orders.set(intent['number'], orderOf(intent, sequence));
    const order = orders.get(data['number']);
    if (type === 'WentFlat') gone = [];
    if (!order) continue;
    order.orderId = textIn(data, 'orderId') ?? order.orderId;
    if (type === 'CancelWanted') order.asked = true;
    if (type === 'IntentEnded' && isProtective(order) && !order.asked && GONE.has(data['how']))
      gone.push({ event, order });
    if (type !== 'IntentAccepted') continue;
    const replaced = gone.filter((one) => succeeds(order, one));
    gone = gone.filter((one) => !replaced.includes(one));
    found.push(...replaced.map((one) => ({ event: one.event, text: textOf(one.order) })));
  }
  return found;
}

/** Planned by the position, or taken over with it. */
function intentsOf({ type, data }: JournalEvent): Fields[] {
  if (type === 'IntentPlanned') return [fieldsIn(data, 'intent') ?? {}];
  return type === 'PositionAdopted' ? Object.values(fieldsIn(data, 'intents') ?? {}).map(asFields) : [];
}

const asFields = (value: unknown): Fields => fieldsIn({ value }, 'value') ?? {};

const orderOf = (intent: Fields, planned: number): Order => ({
  role: textIn(intent, 'role') ?? '',
  place: ['role', 'trancheId', 'target'].map((key) => textIn(intent, key)).join(' '),
  planned,
  orderId: textIn(intent, 'orderId'),
  asked: false,
});

const isProtective = ({ role }: Order): boolean => role === 'stop' || role === 'target';

/** The exchange took another order in the same place: so there is still something to protect. */
const succeeds = (next: Order, gone: { event: JournalEvent; order: Order }): boolean =>
  next.place === gone.order.place && next.planned > gone.event.sequence;

const textOf = ({ role, orderId }: Order): string =>
  `the ${role} order${orderId === undefined ? '' : ` ${orderId}`} was gone, and was placed anew`;
