/** `holdfast close --all`: every position at once, and how far each is while it happens. */
import type { ClosingPosition, ClosingProgress } from '../close-all.ts';
import { chosenAccount } from './arguments.ts';
import { confirmLive } from './confirm.ts';
import type { Colors, Context, Session } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { createLive, type LiveLine } from './live.ts';
import { liveBanner, modesOf, plural } from './render/format.ts';
import { withSession, type Where } from './where.ts';

type Options = Where & { account?: string; yes?: boolean; json?: boolean };

export const closeAll = (context: Context, options: Options): Promise<void> =>
  withSession(context.session(options), (session) => closeEach(context, session, options));

async function closeEach(context: Context, { holdfast, config }: Session, options: Options): Promise<void> {
  const account = options.account === undefined ? undefined : chosenAccount(config, options.account);
  const modes = modesOf(config, account === undefined ? undefined : [account]);
  const where = account === undefined ? 'all accounts' : `account ${account}`;
  const mode = modes.includes('live') ? 'live' : 'paper';
  if (!(await confirmLive(context, mode, `close every position of ${where}`, options.yes))) return;
  const live = createLive(context);
  const progress = await holdfast.closeAll(account, {
    signal: context.stopping,
    onProgress: (now) => {
      if (!options.json && now.total > 0)
        live.show(
          [...liveBanner(modes, context.colors), ...screen(now, context.colors)],
          lines(now, context.colors),
        );
    },
  });
  live.end();
  if (options.json) context.out(JSON.stringify(progress, null, 2));
  else if (progress.total === 0) context.out('No position is open.');
  else if (!context.isTty) context.out(summary(progress, context.colors));
  if (progress.closed < progress.total) context.exitCode = EXIT.found;
}

const screen = (progress: ClosingProgress, colors: Colors): string[] => [
  summary(progress, colors),
  ...lines(progress, colors).map(({ line }) => `  ${line}`),
];

function summary({ total, closed, failed, left }: ClosingProgress, colors: Colors): string {
  const parts = [
    `${closed} of ${plural(total, 'position', 'positions')} closed`,
    ...(left > 0 ? [colors.yellow(`${left} left`)] : []),
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
  ];
  return parts.join(', ');
}

/** Those that are not closed yet come first: they are what is watched. */
const lines = ({ positions }: ClosingProgress, colors: Colors): LiveLine[] =>
  positions
    .toSorted((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed'))
    .filter(({ state }) => state !== 'waiting')
    .map((position) => ({ key: position.workflowId, line: lineOf(position, colors) }));

function lineOf(
  { account, symbol, leg, quantity, state, exitReason, error }: ClosingPosition,
  colors: Colors,
): string {
  const what = `${account}  ${symbol} ${leg}  ${quantity}`;
  switch (state) {
    case 'waiting':
      return `${what}  ${colors.dim('waiting')}`;
    case 'closing':
      return `${what}  ${colors.yellow('closing')}`;
    case 'closed':
      return `${what}  ${colors.green('closed')}${exitReason === null ? '' : `  ${colors.dim(exitReason)}`}`;
    case 'failed':
      return `${what}  ${colors.red('failed')}: ${error ?? 'nobody knows why'}`;
    default:
      return state satisfies never;
  }
}
