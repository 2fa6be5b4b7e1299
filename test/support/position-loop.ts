/**
 * One position as the workflow's engine runs it, without Temporal: every effect whose key is not under
 * way is begun, answers become events, the plan is asked until it has nothing to add. What a call does
 * and when its answer comes is for the simulation that extends this.
 */
import { isDeepStrictEqual } from 'node:util';
import { effects, type Effect } from '../../domain/position/effects.ts';
import type { PositionEvent } from '../../domain/position/events.ts';
import type { Intent, PositionState } from '../../domain/position/position.ts';
import { settle, type Opening } from './position-driver.ts';
import { checkChange, checkEffect, holds } from './position-rules.ts';

/** Given the state at the time of the answer, what the answer means. */
export type Answer = (state: PositionState, nowMs: number) => PositionEvent[];

export abstract class PositionLoop {
  state: PositionState;
  readonly recorded: PositionEvent[] = [];
  protected readonly underWay = new Set<string>();

  constructor(first: Opening) {
    this.state = first.state;
  }

  /** The workflow's clock. */
  abstract get nowMs(): number;
  /** Begins one effect; `finish` is called with its key when its answer is there. */
  protected abstract begin(effect: Effect): void;
  /** Called after every change of the state. */
  protected abstract changed(before: PositionState, events: readonly PositionEvent[]): void;

  apply(events: PositionEvent[]): void {
    const before = this.state;
    const next = settle(this.state, events, this.nowMs);
    this.state = next.state;
    this.recorded.push(...next.recorded);
    if (this.state === before) return;
    checkChange(before, this.state, this.nowMs);
    this.changed(before, next.recorded);
  }

  /** Begins every effect that is not under way. */
  startAll(): void {
    for (const effect of effects(this.state, this.nowMs)) {
      if (this.underWay.has(effect.key)) continue;
      checkEffect(this.state, effect);
      this.underWay.add(effect.key);
      this.begin(effect);
    }
  }

  protected finish(key: string, answer: Answer): void {
    // Free before the answer is applied: what follows from it may want the same key.
    this.underWay.delete(key);
    this.apply(answer(this.state, this.nowMs));
  }

  /** As continue-as-new does it: nothing but JSON is carried over. */
  carryOver(): void {
    const carried = JSON.parse(JSON.stringify(this.state)) as PositionState; // just written from one
    holds(isDeepStrictEqual(carried, this.state), 'the state is not plain JSON');
    this.state = carried;
  }
}

/** How an order ends that was planned and then not wanted before it was sent. */
export const unsent = ({ number }: Intent, nowMs: number): PositionEvent => ({
  type: 'IntentEnded',
  number,
  how: 'unsent',
  reason: 'no longer wanted',
  orderId: null,
  filledQuantity: null,
  averagePrice: null,
  atMs: 0,
  nowMs,
});
