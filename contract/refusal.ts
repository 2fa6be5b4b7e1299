/** Refusals are values inside; where they cross a process border they become the one failure type callers know. */
import { ApplicationFailure } from '@temporalio/common';
import type { Refusal } from '../domain/commands.ts';
import { REFUSED } from './failures.ts';

export const refusal = (refused: Refusal): ApplicationFailure =>
  ApplicationFailure.create({ message: refused.text, type: REFUSED, nonRetryable: true, details: [refused] });
