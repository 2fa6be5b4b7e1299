/** `holdfast positions`: what is open, once or as it changes. */
import type { Command } from 'commander';
import { HoldfastError } from '../../errors.ts';
import { chosenAccount } from '../arguments.ts';
import type { Context, Session } from '../context.ts';
import { entriesLines } from '../entries.ts';
import { createLive } from '../live.ts';
import { notServedLines, reportsOf } from '../not-served.ts';
import { positionLine, positionsTable } from '../render/positions.ts';
import { withPrice, type PricedView } from '../seen-price.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & { account?: string; watch?: boolean; json?: boolean };

const WATCH_INTERVAL_MS = 1_000;
/** Workflows are asked for these, not the journal. */
const ENTRIES_INTERVAL_MS = 5_000;

export function addPositions(program: Command, context: Context): void {
  const command = program
    .command('positions')
    .alias('ls')
    .description('List open positions')
    .option('-a, --account <name>', 'of one account only')
    .option('-w, --watch', 'keep showing them as they change')
    .option('--json', 'as JSON: PositionView, see docs/cli.md; with --watch one list a line');
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), (session) =>
      (options.watch ? watch : once)(context, session, options),
    ),
  );
}

async function once(context: Context, session: Session, options: Options): Promise<void> {
  const views = await read(context, session, options);
  const off = await entriesLines(session, accountsOf(session, options), context);
  if (!options.json) return context.out(screenOf(views, off, session, context));
  for (const line of [...sickLines(session, context), ...off]) context.err(line);
  context.out(JSON.stringify(views, null, 2));
}

async function watch(context: Context, session: Session, options: Options): Promise<void> {
  const live = createLive(context);
  let trouble: string | undefined;
  let before = '';
  let off: string[] = [];
  let askedMs = -Infinity;
  do {
    try {
      const views = await read(context, session, options);
      // A price that grows older is no change.
      const json = JSON.stringify(views, (key, value: unknown) => (key === 'priceSeen' ? undefined : value));
      if (!options.json && context.now() - askedMs >= ENTRIES_INTERVAL_MS) {
        askedMs = context.now();
        off = await entriesLines(session, accountsOf(session, options), context);
      }
      if (options.json && json !== before) context.out(JSON.stringify(views));
      else if (!options.json)
        live.show(
          screenOf(views, off, session, context).split('\n'),
          views.map((view) => ({ key: view.workflowId, line: positionLine(view, context.colors) })),
        );
      before = json;
      trouble = undefined;
    } catch (error) {
      // Whoever watches keeps watching while a server or worker restarts.
      if (!(error instanceof HoldfastError)) throw error;
      if (trouble !== error.message) context.err(context.colors.yellow(error.message));
      trouble = error.message;
    }
  } while (await context.pause(WATCH_INTERVAL_MS));
  live.end();
}

function screenOf(
  views: readonly PricedView[],
  off: readonly string[],
  session: Session,
  context: Context,
): string {
  const table = positionsTable(views, context);
  const sick = sickLines(session, context);
  const advice = sick.length > 0 ? [context.colors.dim('See holdfast doctor for what to do.'), ''] : [];
  if (!session.isDown()) return [...sick, ...advice, ...off, table].join('\n');
  return `${context.colors.yellow('Nothing runs here now: this is how it was left. npm start goes on.')}\n${table}`;
}

const sickLines = ({ config }: Session, context: Context): string[] =>
  notServedLines(reportsOf(config, context.now()), context.now(), context.colors);

const accountsOf = ({ config }: Session, { account }: Options): string[] =>
  account === undefined ? Object.keys(config.accounts) : [chosenAccount(config, account)];

async function read(
  { now }: Context,
  { holdfast, config }: Session,
  { account }: Options,
): Promise<PricedView[]> {
  const views = await holdfast.positions(account === undefined ? undefined : chosenAccount(config, account));
  const reports = reportsOf(config, now());
  return views.map((view) => withPrice(view, reports, now()));
}
