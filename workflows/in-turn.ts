/**
 * Answers to updates, always after what the position does about them.
 *
 * A workflow task that did nothing is directly followed by the one that an update brings. A worker without the
 * run in its cache takes the two for one when it gets them, and for two in every replay from then on: the SDK
 * cannot tell them from one task that went on. In one, the loop runs before a handler that waits for nothing
 * has ended; in two, after it. So every handler waits for the loop, and the commands have one order.
 */
import { condition } from '@temporalio/workflow';

export type InTurn = <A extends unknown[], R>(
  handler: (...asked: A) => R | Promise<R>,
) => (...asked: A) => R | Promise<R>;

/** @param isUpToDate whether the loop has dealt with all that has happened */
export const inTurn =
  (isUpToDate: () => boolean): InTurn =>
  (handler) =>
  async (...asked) => {
    try {
      return await handler(...asked);
    } finally {
      await condition(isUpToDate);
    }
  };

/** As runs did that began before: what was recorded must be decided the same way, to the step. */
export const asItComes: InTurn = (handler) => handler;
