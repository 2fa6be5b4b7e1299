/**
 * Leaves out the legs on which row and reading say the same word for word. Comparing a thousand legs as
 * decimals takes a tenth of a second, in which no price would be looked at; nearly all of them agree as
 * plain text. Pure.
 */
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView } from '../../domain/view.ts';
import { legKey } from './legs.ts';
import type { LegKey } from './legs.ts';
import { saysTheSame } from './projected-leg.ts';

type Sides = { snapshot: AccountSnapshot; views: readonly PositionView[] };

/** The same two, without the legs that obviously agree. */
export function withoutObvious({ snapshot, views }: Sides): Sides {
  const positions = new Map(snapshot.positions.map((position) => [legKey(position), position]));
  const orderIds = new Set(snapshot.orders.map(({ orderId }) => orderId));
  const plain = new Set<LegKey>();
  for (const view of views) {
    const position = positions.get(legKey(view));
    if (position && saysTheSame(view, position, orderIds)) plain.add(legKey(view));
  }
  const isDoubtful = (leg: Parameters<typeof legKey>[0]): boolean => !plain.has(legKey(leg));
  return {
    views: views.filter(isDoubtful),
    snapshot: {
      ...snapshot,
      positions: snapshot.positions.filter(isDoubtful),
      orders: snapshot.orders.filter(isDoubtful),
    },
  };
}
