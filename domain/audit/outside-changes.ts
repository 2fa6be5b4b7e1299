/** Changes of quantity that no own order made, as the journal's events tell them. */
import { abs, lt, sum, ZERO, type Decimal } from '../decimal.ts';
import type { JournalEvent } from '../publication.ts';
import { decimalIn, fieldsIn, textIn } from './story.ts';

type ChangeKind = 'liquidated' | 'adl' | 'position_inferred' | 'reduced_outside' | 'added_outside';

export type Change = {
  kind: ChangeKind;
  quantity: Decimal;
  reduces: boolean;
  price: Decimal | undefined;
  orderId: string | undefined;
};

const CAUSES: Readonly<Record<string, ChangeKind>> = {
  liquidation: 'liquidated',
  adl: 'adl',
  inferred: 'position_inferred',
};

/** Undefined for an event that is none. */
export function changeOf({ type, data }: JournalEvent): Change | undefined {
  const change = type === 'ExternallyChanged' ? fieldsIn(data, 'change') : undefined;
  const quantity = decimalIn(change, 'quantity');
  const cause = textIn(change, 'cause') ?? 'manual';
  if (!quantity || cause === 'adopted') return undefined;
  const reduces = lt(quantity, ZERO);
  return {
    kind: CAUSES[cause] ?? (reduces ? 'reduced_outside' : 'added_outside'),
    quantity,
    reduces,
    price: decimalIn(change, 'price'),
    orderId: textIn(change, 'orderId'),
  };
}

/** What happened, in words. */
export function changed({ kind, reduces }: Change, executions: readonly Change[]): string {
  const what = executed(executions);
  if (kind === 'liquidated') return `the exchange liquidated a part: ${what}`;
  if (kind === 'adl') return `the exchange deleveraged a part: ${what}`;
  if (kind === 'position_inferred') return `taken from the exchange's list, without an execution: ${what}`;
  return reduces ? `reduced outside: ${what}` : `added outside: ${what}`;
}

/** `0.05 at 64000.1 by order 123`. */
export function executed(executions: readonly Change[]): string {
  const quantity = abs(sum(executions.map((each) => each.quantity)));
  const prices = new Set(executions.map(({ price }) => price));
  const [price] = prices;
  const orders = [...new Set(executions.flatMap(({ orderId }) => orderId ?? []))];
  return [
    quantity,
    ...(prices.size === 1 && price !== undefined ? [`at ${price}`] : []),
    ...(orders.length > 0 ? [`by order ${orders.join(', ')}`] : []),
  ].join(' ');
}
