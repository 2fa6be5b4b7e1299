/** A last question before something is done with real money. */
import type { AccountMode } from '../../domain/terms.ts';
import type { Context } from './context.ts';
import { liveMark } from './render/format.ts';

/** True: go on. Asks only a person at a terminal, and only on a live account. */
export async function confirmLive(
  context: Context,
  mode: AccountMode,
  action: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (mode !== 'live' || yes === true || !context.isTty) return true;
  if (await context.confirm(`${liveMark(context.colors)} Real money: ${action}?`)) return true;
  context.out('Nothing was done.');
  return false;
}
