/** What the watcher takes from the row that a position keeps of itself. Pure. */
import type { ExchangePosition, LegSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView, ProtectionView } from '../../domain/view.ts';
import type { LegId } from './legs.ts';

/** A leg that has a projection row. */
export type ProjectedLeg = LegId & {
  epoch: string;
  /** The protective orders that its position takes to rest at the exchange. */
  rests: readonly string[];
  /** When the last reading that its position has compared was taken, epoch ms; null: none yet. */
  comparedAtMs: number | null;
  /** Whether a reading of the leg leaves nothing open: it says of position and orders what the row says. */
  agrees(snapshot: Pick<LegSnapshot, 'position' | 'orders'>): boolean;
};

export function projectedLeg(view: PositionView): ProjectedLeg {
  const { symbol, leg, epoch, lastSnapshotAt } = view;
  const rests = protectionsOf(view).flatMap(({ state, orderId }) =>
    state === 'live' && orderId !== null ? [orderId] : [],
  );
  return {
    symbol,
    leg,
    epoch,
    rests,
    comparedAtMs: lastSnapshotAt === null ? null : Date.parse(lastSnapshotAt),
    agrees: (snapshot) => agrees(view, snapshot),
  };
}

/** A position that says it drifts never agrees. Terms are compared as text: what is written otherwise is open. */
function agrees(view: PositionView, { position, orders }: Pick<LegSnapshot, 'position' | 'orders'>): boolean {
  const resting = new Map(orders.map((order) => [order.orderId, order]));
  const protections = restingProtections(view);
  return (
    position !== undefined &&
    view.stage === 'open' &&
    !view.drift &&
    view.entryPrice === position.entryPrice &&
    saysTheSame(view, position, resting) &&
    protections.length === resting.size &&
    protections.every(({ orderId, price, quantity }) => {
      const order = resting.get(orderId);
      return order?.quantity === quantity && order.triggerPrice === price && order.filledQuantity === '0';
    })
  );
}

/** Side, quantity, id, and that every order which rests by the row is among those given. */
export const saysTheSame = (
  view: PositionView,
  position: ExchangePosition,
  orderIds: { has(orderId: string): boolean },
): boolean =>
  view.side === position.side &&
  view.quantity === position.quantity &&
  view.exchangePositionId === (position.exchangePositionId ?? null) &&
  protectionsOf(view).every(
    ({ state, orderId }) => state !== 'live' || (orderId !== null && orderIds.has(orderId)),
  );

const protectionsOf = ({ tranches }: PositionView): ProtectionView[] =>
  tranches.flatMap(({ stopLoss, takeProfit, targets }) => [stopLoss, ...(targets ?? [takeProfit])]);

/** Those with an order that rests, and what it is to close. */
const restingProtections = ({ tranches }: PositionView) =>
  tranches.flatMap(({ quantity, stopLoss, takeProfit, targets }) => [
    ...resting(stopLoss, quantity),
    ...(targets?.flatMap((target) => resting(target, target.quantity)) ?? resting(takeProfit, quantity)),
  ]);

const resting = ({ state, orderId, price }: ProtectionView, quantity: string) =>
  state === 'live' && orderId !== null ? [{ orderId, price, quantity }] : [];
