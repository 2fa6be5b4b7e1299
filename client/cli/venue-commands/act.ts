/** One `holdfast venue` command: its work on the control interface, and how its answer prints. */
import type { Command } from 'commander';
import { VenueControlError, type VenueControl } from '../../../venue/control/client.ts';
import { HoldfastError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Where & { json?: boolean };

/**
 * Gives `command` its action. `work` gets the arguments as commander delivers them: the arguments in
 * their order, then the options. `render` is for people; without it, and with `--json`, JSON.
 */
export function act<Args extends unknown[], Answer>(
  context: Context,
  command: Command,
  work: (venue: VenueControl, ...args: Args) => Promise<Answer>,
  render?: (answer: Answer, context: Context) => string,
): void {
  addWhere(command.option('--json', 'answer in JSON')).action(async (...args: unknown[]) => {
    const options = command.opts<Options>();
    const venue = context.venue(options);
    // Commander parses each argument with the function given for it, so these are what `work` states.
    const answer = await reach(() => work(venue, ...(args as Args)));
    context.out(
      render === undefined || options.json ? JSON.stringify(answer, null, 2) : render(answer, context),
    );
  });
}

/** The control's refusals are for people already; silence of the venue gets a sentence of its own. */
async function reach<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof VenueControlError)
      throw new HoldfastError('refused', error.message, { cause: error });
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) {
      throw new HoldfastError(
        'exchange_unreachable',
        'The venue does not answer. Start it with npm start, or name its port with --control-port.',
        { cause: error },
      );
    }
    throw error;
  }
}
