/** `holdfast venue fault | faults | clear-faults | sockets | settings`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { FaultPlan, FaultView, SocketAction, VenueSettings } from '../../../venue/control/types.ts';
import type { Context } from '../context.ts';
import { act } from './act.ts';

type FaultOptions = {
  method?: string;
  path?: string;
  account?: string;
  count: string;
  skip?: string;
  probability?: string;
  params?: string;
};

export function addFaults(venue: Command, context: Context): void {
  act(
    context,
    venue.command('faults').description('List planned faults'),
    (control) => control.faults(),
    (faults) => faults.map(faultText).join('\n') || 'No fault is planned.',
  );
  const fault = venue
    .command('fault')
    .description('Plan a fault: holdfast venue fault timeout-after --method POST --path /trade/order')
    .argument(
      '<kind>',
      'latency, timeout-before, timeout-after, cut-before, cut-after, cut-mid-body, html-200, status, code, ...',
    )
    .option('--method <method>', 'GET, POST, PUT or DELETE')
    .option('--path <part>', 'part of the path')
    .option('-a, --account <name>', 'requests of one account only')
    .option('--count <n>', 'how often, or always', '1')
    .option('--skip <n>', 'how many pass first')
    .option('--probability <p>', '0 to 1')
    .option('--params <json>', 'such as {"ms":2000}');
  act(
    context,
    fault,
    (control, kind: string, options: FaultOptions) => control.planFault(faultPlan(kind, options)),
    faultText,
  );
  act(
    context,
    venue.command('clear-faults').description('Forget all planned faults'),
    (control) => control.clearFaults(),
    ({ cleared }) => `${cleared} forgotten`,
  );
  const sockets = venue
    .command('sockets')
    .description('Drop all sockets, or make them silent')
    .argument('<action>', 'drop, silent or speak', socketAction);
  act(
    context,
    sockets,
    (control, action: SocketAction) => control.sockets(action),
    (answer) => `${answer.sockets} sockets`,
  );
  const settings = venue
    .command('settings')
    .description('Show settings, or change them: positionLagMs=1000')
    .argument('[changes...]');
  act(context, settings, (control, words: string[]) =>
    words.length === 0 ? control.settings() : control.changeSettings(settingsChange(words)),
  );
}

/** Kinds, methods and parameters are checked where the plan is carried out. */
function faultPlan(
  kind: string,
  { method, path, account, count, skip, probability, params }: FaultOptions,
): FaultPlan {
  const plan = {
    kind,
    match: {
      ...(method !== undefined && { method: method.toUpperCase() }),
      ...(path !== undefined && { pathContains: path }),
      ...(account !== undefined && { account }),
    },
    count: count === 'always' ? null : Number(count),
    ...(skip !== undefined && { skip: Number(skip) }),
    ...(probability !== undefined && { probability: Number(probability) }),
    ...(params !== undefined && { params: jsonArgument(params) }),
  };
  return plan as FaultPlan; // the venue refuses what is none, and says why
}

function jsonArgument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError(`--params: "${text}" is not JSON. Write it like '{"ms":2000}'.`);
  }
}

function socketAction(action: string): SocketAction {
  if (action === 'drop' || action === 'silent' || action === 'speak') return { action };
  throw new InvalidArgumentError(`"${action}" is not one of drop, silent, speak.`);
}

function settingsChange(words: readonly string[]): Partial<VenueSettings> {
  const entries = words.map((word) => {
    const [, name, value = ''] = /^(\w+)=(.+)$/.exec(word) ?? [];
    if (name === undefined) throw new InvalidArgumentError(`"${word}" is not understood. Write name=value.`);
    return [
      name,
      /^-?\d+$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value,
    ];
  });
  return Object.fromEntries(entries);
}

const faultText = ({ id, kind, match, count, applied, seen }: FaultView): string =>
  `${id} ${kind} ${JSON.stringify(match ?? {})}: applied ${applied}${count === null ? '' : ` of ${count ?? 1}`}, ${seen} requests matched`;
