/** The position workflow with one thoughtless change: it waits a second before it begins. */
import { sleep } from '@temporalio/workflow';
import { position as unchanged, type PositionInput } from '../../workflows/position.ts';

export async function position(input: PositionInput): Promise<unknown> {
  await sleep('1 second');
  return unchanged(input);
}
