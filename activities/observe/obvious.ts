/**
 * Leaves out the legs on which row and reading say the same word for word. Comparing a thousand legs as
 * decimals takes a tenth of a second, in which no price would be looked at; nearly all of them agree as
 * plain text. Pure.
 */
import type { AccountSnapshot, ExchangePosition } from '../../domain/exchange-truth.ts';
import type { PositionView, ProtectionView } from '../../domain/view.ts';
import { legKey } from './legs.ts';
import type { LegKey } from './legs.ts';

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

/**
 * Legs on which row and reading leave nothing open: what is compared above, the average entry, and no order
 * that the row does not know of. A position that says it drifts is never among them.
 */
export function wholeAgreement({ snapshot, views }: Sides): ReadonlySet<LegKey> {
  const positions = new Map(snapshot.positions.map((position) => [legKey(position), position]));
  const orders = Map.groupBy(snapshot.orders, legKey);
  return new Set(
    views.flatMap((view) => {
      const position = positions.get(legKey(view));
      const ids = new Set((orders.get(legKey(view)) ?? []).map(({ orderId }) => orderId));
      const known = view.tranches.flatMap(protections).filter(({ orderId }) => ids.has(orderId ?? ''));
      const agrees =
        position !== undefined &&
        !view.drift &&
        view.entryPrice === position.entryPrice &&
        known.length === ids.size &&
        saysTheSame(view, position, ids);
      return agrees ? [legKey(view)] : [];
    }),
  );
}

const saysTheSame = (
  view: PositionView,
  position: ExchangePosition,
  orderIds: ReadonlySet<string>,
): boolean =>
  view.side === position.side &&
  view.quantity === position.quantity &&
  view.exchangePositionId === (position.exchangePositionId ?? null) &&
  view.tranches
    .flatMap(protections)
    .every(({ state, orderId }) => state !== 'live' || (orderId !== null && orderIds.has(orderId)));

const protections = ({
  stopLoss,
  takeProfit,
  targets,
}: PositionView['tranches'][number]): ProtectionView[] => [stopLoss, ...(targets ?? [takeProfit])];
