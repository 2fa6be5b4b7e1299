/** The prices at which the watcher must wake a position, while they matter. */
import { isPositive, type Decimal } from '../decimal.ts';
import type { PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { movingLevels } from './moving-stop.ts';
import { mergingLevels } from './profit-levels.ts';
import { wantedStop } from './protective-prices.ts';
import { trancheQuantity } from './quantities.ts';
import { wantedTargets } from './targets.ts';
import type { PriceLevel } from '../view.ts';

/** A price level and the tranche, or which of its targets, it belongs to. */
export type TrancheLevel = Omit<PriceLevel, 'workflowId'> & { trancheId: string; target?: string };

export function priceLevels(state: PositionState): TrancheLevel[] {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return [];
  if (state.policy === 'watch') return [];
  const open = state.tranches.filter((tranche) => isPositive(trancheQuantity(state, tranche.id)));
  return [
    ...open.flatMap((tranche) => [
      ...exits(state, tranche),
      ...movingLevels(state, tranche).map(({ kind, price }) => level(state, tranche.id, kind, price)),
    ]),
    ...mergingLevels(state).map(({ trancheId, price }) => level(state, trancheId, 'profit', price)),
  ];
}

function exits(state: PositionState, tranche: Tranche): TrancheLevel[] {
  const stop = wantedStop(state, tranche);
  const targets = state.settings.instantTpEnabled ? wantedTargets(state, tranche) : [];
  return [
    ...(stop === null ? [] : [level(state, tranche.id, 'stop', stop)]),
    ...targets.map(({ price, target }) => level(state, tranche.id, 'target', price, target)),
  ];
}

export function level(
  state: PositionState,
  trancheId: string,
  kind: PriceLevel['kind'],
  price: Decimal,
  target?: string,
): TrancheLevel {
  const below = (state.side === 'long') === (kind === 'stop');
  const which = target === undefined ? kind : `${kind}-${target}`;
  return {
    symbol: state.symbol,
    trancheId,
    ...(target !== undefined && { target }),
    levelId: `${state.epoch}/${trancheId}/${which}/${price}`,
    kind,
    direction: below ? 'down' : 'up',
    price,
    workingType: state.workingType,
    generation: state.levelGeneration,
  };
}
