/** Whether accounts take entries, for every screen: a pause or a halt is said beside whatever is shown. */
import type { AccountView } from '../../contract/messages.ts';
import { haltText } from '../../domain/account/halt.ts';
import type { Colors, Context, Session } from './context.ts';
import { reportsOf } from './not-served.ts';

export type Entries = Pick<AccountView, 'paused' | 'pausedReason' | 'halted'>;

/** What keeps entries out, the gravest first; empty where nothing does. */
export const keptOut = ({ paused, pausedReason, halted }: Entries, colors: Colors): string[] => [
  ...(halted ? [colors.red(`halted: ${haltText(halted)}`)] : []),
  ...(paused ? [colors.yellow(`paused${pausedReason ? `: ${pausedReason}` : ''}`)] : []),
];

/**
 * One line for each account that takes no entries. Only accounts that a worker here serves are asked: any
 * other would keep the screen waiting, and what is not served is said elsewhere.
 */
export async function entriesLines(
  { holdfast, config }: Session,
  accounts: readonly string[],
  { now, colors }: Pick<Context, 'now' | 'colors'>,
): Promise<string[]> {
  const reports = reportsOf(config, now());
  const served = accounts.filter((name) => reports.get(name)?.status.state === 'serving');
  const lines = await Promise.all(
    served.map(async (name) => {
      // Nobody asked for it: a worker that is just restarting spoils no list of positions.
      const view = await holdfast.account(name).catch(() => null);
      return view ? keptOut(view, colors).map((text) => `Entries on ${name} are ${text}.`) : [];
    }),
  );
  return lines.flat();
}
