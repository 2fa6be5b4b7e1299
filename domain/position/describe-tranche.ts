/** A tranche and its protection in their documented shape. */
import { isPositive, sub, sum, toPlaces, ZERO, type Decimal } from '../decimal.ts';
import type { ProtectionState, ProtectionView, PositionView, TargetView, TrancheView } from '../view.ts';
import type { Intent, PositionState } from './position.ts';
import type { BreakEvenSpec, Tranche, TrailingSpec } from './tranche.ts';
import { protectionPrice, levelsOf, wantedStop } from './protective-prices.ts';
import {
  activeIntents,
  AVERAGE_PLACES,
  intentsOf,
  isDone,
  remaining,
  trancheEntryPrice,
  trancheQuantity,
} from './quantities.ts';
import { targetShares, wantedTargets } from './targets.ts';

export function trancheView(state: PositionState, tranche: Tranche): TrancheView {
  const { id, requestId, mergedRequestIds } = tranche;
  const entry = trancheEntryPrice(state, id);
  return {
    id,
    quantity: trancheQuantity(state, id),
    entryPrice: entry === null ? null : toPlaces(entry, AVERAGE_PLACES),
    stopLoss: stopView(state, tranche),
    takeProfit: nearestTarget(state, tranche),
    ...(tranche.targets && { targets: targetViews(state, tranche) }),
    ...(tranche.trailing && { trailing: trailingView(tranche.trailing, tranche.trailedTo) }),
    ...(tranche.breakEven && {
      breakEven: { after: afterText(tranche.breakEven), reached: tranche.breakEvenReached === true },
    }),
    ...(tranche.iceberg && { toEnter: toEnter(state, tranche) }),
    ...(requestId !== undefined && { requestId }),
    ...(mergedRequestIds && { mergedRequestIds }),
  };
}

function stopView(state: PositionState, tranche: Tranche): ProtectionView {
  const price = wantedStop(state, tranche);
  const wanted = price !== null || tranche.stopLoss !== null;
  return protectionView(price, wanted, ordersOf(state, 'stop', tranche.id));
}

/** Of several targets the first that has not filled; the only one there is. */
function nearestTarget(state: PositionState, tranche: Tranche): ProtectionView {
  const [nearest] = wantedTargets(state, tranche);
  const orders = ordersOf(state, 'target', tranche.id);
  const wanted = tranche.takeProfit !== null || nearest !== undefined;
  return protectionView(nearest?.price ?? null, wanted, orders.filter(isOf(nearest?.target)));
}

function targetViews(state: PositionState, tranche: Tranche): TargetView[] {
  const { id: trancheId, targets = [] } = tranche;
  const orders = ordersOf(state, 'target', trancheId);
  return targetShares(state, trancheId, targets).map(({ level, quantity }) => ({
    id: level.id,
    share: level.share,
    quantity,
    ...protectionView(
      protectionPrice(level.at, 'target', levelsOf(state, tranche)),
      isPositive(quantity),
      orders.filter(isOf(level.id)),
    ),
  }));
}

const isOf =
  (target: string | undefined) =>
  (intent: Intent): boolean =>
    intent.target === target;

const ordersOf = (state: PositionState, role: 'stop' | 'target', trancheId: string): Intent[] =>
  intentsOf(state, role, trancheId);

/** By the newest of the orders that rest, else the newest of all. */
function protectionView(price: Decimal | null, wanted: boolean, orders: Intent[]): ProtectionView {
  const intent = orders.findLast((each) => !isDone(each)) ?? orders.at(-1);
  if (!wanted && (!intent || (isDone(intent) && intent.target === undefined)))
    return { price: null, orderId: null, state: 'none' };
  return { price, orderId: intent?.orderId ?? null, state: intent ? protectionState(intent) : 'pending' };
}

function protectionState(intent: Intent): ProtectionState {
  switch (intent.status.name) {
    case 'planned':
      return 'pending';
    case 'unknown':
      return 'unknown';
    case 'live':
      return intent.cancelWanted ? 'cancelling' : 'live';
    case 'done':
      if (intent.status.how === 'filled') return 'filled';
      return intent.status.how === 'refused' ? 'refused' : 'none';
  }
}

const trailingView = (
  { distance }: TrailingSpec,
  bestPrice: Decimal | undefined,
): NonNullable<TrancheView['trailing']> => ({
  distance: 'percent' in distance ? `${distance.percent} %` : distance.distance,
  following: bestPrice !== undefined,
  bestPrice: bestPrice ?? null,
});

function afterText({ after }: BreakEvenSpec): string {
  if ('targets' in after) return after.targets === 1 ? 'the first target' : `${after.targets} targets`;
  return 'price' in after ? after.price : `${after.percent} %`;
}

function toEnter(state: PositionState, { id, iceberg }: Tranche): Decimal {
  const entered = sum(intentsOf(state, 'entry', id).map((intent) => intent.filledQuantity));
  return iceberg ? sub(iceberg.total, entered) : ZERO;
}

/** Closes that rest at a limit. */
export const restingCloses = (state: PositionState): NonNullable<PositionView['restingCloses']> =>
  activeIntents(state, 'close').flatMap((intent) => {
    const { price } = intent.request;
    if (price === undefined) return [];
    return [{ trancheId: intent.trancheId, quantity: remaining(intent), price, orderId: intent.orderId }];
  });
