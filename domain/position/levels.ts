/** The prices at which the watcher must wake a position: its stops and targets, while they matter. */
import { isPositive } from '../decimal.ts';
import type { PositionState } from './position.ts';
import { trancheQuantity, wantedStop, wantedTarget } from './quantities.ts';
import type { PriceLevel } from '../view.ts';

/** A price level and the tranche it belongs to. */
type TrancheLevel = Omit<PriceLevel, 'workflowId'> & { trancheId: string };

export function priceLevels(state: PositionState): TrancheLevel[] {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return [];
  if (state.policy === 'watch') return [];
  return state.tranches
    .filter((tranche) => isPositive(trancheQuantity(state, tranche.id)))
    .flatMap((tranche) => [
      ...level(state, tranche.id, 'stop', wantedStop(state, tranche)),
      ...(state.settings.instantTpEnabled
        ? level(state, tranche.id, 'target', wantedTarget(state, tranche))
        : []),
    ]);
}

function level(
  state: PositionState,
  trancheId: string,
  kind: 'stop' | 'target',
  price: string | null,
): TrancheLevel[] {
  if (price === null) return [];
  const below = (state.side === 'long') === (kind === 'stop');
  return [
    {
      symbol: state.symbol,
      trancheId,
      levelId: `${state.epoch}/${trancheId}/${kind}/${price}`,
      kind,
      direction: below ? 'down' : 'up',
      price,
      workingType: state.workingType,
      generation: state.levelGeneration,
    },
  ];
}
