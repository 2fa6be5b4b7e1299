/**
 * Iceberg entries: a limit entry that shows a part of itself, slice after slice, until all of it has filled.
 *
 * Invariants kept here:
 * - one slice rests at a time, and the next is planned only from the fills of those before it: a restart
 *   between two loses none and doubles none;
 * - no slice is sent while what has filled is without the stop that is wanted;
 * - a slice that ends otherwise than filled ends the entry: somebody, or the exchange, does not want it.
 */
import { gt, isPositive, sub, sum, type Decimal } from '../decimal.ts';
import type { Refusal } from '../commands.ts';
import { takenBack } from './closes.ts';
import { isCovered } from './cover.ts';
import type { PositionEvent } from './events.ts';
import { planIntent } from './orders.ts';
import type { Intent, PositionState } from './position.ts';
import type { IcebergEntry, Tranche } from './tranche.ts';
import { wantedStop } from './protective-prices.ts';
import { activeIntents, intentsOf, isDone } from './quantities.ts';
import { badRequest } from './request-shape.ts';
import { nextSlice } from './slices.ts';
import { checkNotional, checkQuantity } from '../rules.ts';
import type { MarketRules } from '../terms.ts';

/** The next slice of each tranche that is entered so, or the end of it. */
export function planSlices(state: PositionState, nowMs: number): PositionEvent[] {
  for (const tranche of state.tranches) {
    const events = tranche.iceberg ? planSlice(state, tranche, tranche.iceberg, nowMs) : [];
    if (events.length > 0) return events;
  }
  return [];
}

function planSlice(
  state: PositionState,
  { id }: Tranche,
  iceberg: IcebergEntry,
  nowMs: number,
): PositionEvent[] {
  const over = (why: string): PositionEvent[] => [{ type: 'IcebergEnded', trancheId: id, why, nowMs }];
  if (state.stage.name !== 'entering' && state.stage.name !== 'open') return over('the position is closing');
  const slices = intentsOf(state, 'entry', id);
  const last = slices.at(-1);
  if (!last || !isDone(last)) return [];
  if (!hasFilled(last)) return over(`a slice of it was ${endOf(last)}`);
  const entered = sum(slices.map((slice) => slice.filledQuantity));
  if (!isPositive(sub(iceberg.total, entered))) return over('all of it has filled');
  if (!isCovered(state) && state.tranches.some((tranche) => wantedStop(state, tranche) !== null)) return [];
  const quantity = nextSlice(iceberg, entered, state.market);
  const terms = { kind: 'limit' as const, quantity, price: iceberg.limitPrice };
  return [{ type: 'IntentPlanned', intent: planIntent(state, 'entry', id, terms, { nowMs }) }];
}

const hasFilled = ({ status }: Intent): boolean => status.name === 'done' && status.how === 'filled';

const endOf = ({ status }: Intent): string => (status.name === 'done' ? status.how : status.name);

/** What is wrong with the part that an entry is to show; null: nothing. */
export function checkVisible(
  { visibleQuantity: visible, limitPrice, quantity }: Record<string, unknown>,
  rules: MarketRules,
): Refusal | null {
  if (visible === undefined) return null;
  if (typeof limitPrice !== 'string')
    return badRequest('visibleQuantity needs a limitPrice: an entry at market shows nothing');
  const refused = checkQuantity(visible, rules);
  if (refused) return { ...refused, text: refused.text.replace('quantity', 'visibleQuantity') };
  const [part, total] = [visible as Decimal, quantity as Decimal]; // decimals, checked above and before
  if (gt(part, total))
    return { code: 'over_maximum', text: `visibleQuantity ${part} is over the quantity ${total}` };
  const small = checkNotional(part, limitPrice, rules);
  return small && { ...small, text: `visibleQuantity: ${small.text}` };
}

/** Nothing more is entered: what rests is taken back, and no further slice is sent. */
export const stopEntering = (
  state: PositionState,
  why: string,
  nowMs: number,
  trancheId?: string,
): PositionEvent[] => [
  ...state.tranches
    .filter(({ id, iceberg }) => iceberg && (trancheId === undefined || id === trancheId))
    .map(({ id }) => ({ type: 'IcebergEnded' as const, trancheId: id, why, nowMs })),
  ...takenBack(activeIntents(state, 'entry', trancheId), why),
];
