/** What a person should know, derived from the state: raised when it becomes true, cleared when not. */
import { isPositive } from '../decimal.ts';
import { heldTranches, wantsStop } from './cover.ts';
import type { PositionEvent } from './events.ts';
import type { PositionState } from './position.ts';
import { openQuantity } from './quantities.ts';
import { unresolved } from './unresolved.ts';
import type { Finding } from '../view.ts';

/** The event that shows a finding to people. */
export const raised = (kind: Finding['kind'], code: string, text: string, atMs: number): PositionEvent => ({
  type: 'FindingRaised',
  finding: { kind, code, text, atMs },
});

type Wanted = Omit<Finding, 'atMs'>;

/** Findings that come and go with the state; all others are raised where they happen and stay. */
const DERIVED = ['uncovered', 'no_stop', 'unknown_order', 'drift', 'foreign_order'];

export function planFindings(state: PositionState, nowMs: number): PositionEvent[] {
  const wanted = derived(state, nowMs);
  const raise = wanted.find(
    (each) => !state.findings.some((finding) => finding.code === each.code && finding.text === each.text),
  );
  if (raise) return [{ type: 'FindingRaised', finding: { ...raise, atMs: nowMs } }];
  const gone = state.findings.find(
    (finding) => DERIVED.includes(finding.code) && !wanted.some((each) => each.code === finding.code),
  );
  return gone ? [{ type: 'FindingCleared', code: gone.code }] : [];
}

function derived(state: PositionState, nowMs: number): Wanted[] {
  const wanted: Wanted[] = [];
  const { settings, cover } = state;
  const open = isPositive(openQuantity(state));
  const held = heldTranches(state);
  const bare = held.filter((tranche) => !wantsStop(state, tranche)).map(({ id }) => id);
  if (open && bare.length > 0)
    wanted.push({
      kind: 'warning',
      code: 'no_stop',
      text: `${bare.length < held.length ? `no stop loss is set for ${bare.join(', ')}` : 'no stop loss is set'}: set one, or watch it yourself`,
    });
  if (
    bare.length < held.length &&
    cover.name === 'uncovered' &&
    nowMs - cover.sinceMs >= settings.uncoveredAlarmMs
  )
    wanted.push({
      kind: 'alarm',
      code: 'uncovered',
      text: 'the open quantity is not covered by a live stop',
    });
  const unknown = unresolved(state).filter(({ sinceMs }) => nowMs - sinceMs >= settings.unknownAlarmMs);
  if (unknown.length > 0)
    wanted.push({
      kind: 'alarm',
      code: 'unknown_order',
      text: `no answer tells yet what became of ${unknown.map(({ intent }) => intent.request.clientOrderId).join(', ')}`,
    });
  if (
    state.suspicion &&
    !state.suspicion.agreed &&
    nowMs - state.suspicion.sinceMs >= settings.unknownAlarmMs
  )
    wanted.push({
      kind: 'alarm',
      code: 'drift',
      text: `the exchange shows ${state.suspicion.seenQuantity}, the orders known make ${openQuantity(state)}`,
    });
  if (state.foreignOrders.length > 0)
    wanted.push({
      kind: 'note',
      code: 'foreign_order',
      text: `orders on this leg that Holdfast did not place: ${state.foreignOrders.map((order) => order.orderId).join(', ')}`,
    });
  return wanted;
}

/** When a derived finding becomes due by time alone; for the next wake-up. */
export function findingDeadlines(state: PositionState): number[] {
  const { settings, cover } = state;
  const unknown = unresolved(state).map(({ sinceMs }) => sinceMs + settings.unknownAlarmMs);
  const uncovered = cover.name === 'uncovered' ? [cover.sinceMs + settings.uncoveredAlarmMs] : [];
  const drift =
    state.suspicion && !state.suspicion.agreed ? [state.suspicion.sinceMs + settings.unknownAlarmMs] : [];
  return [...unknown, ...uncovered, ...drift];
}
