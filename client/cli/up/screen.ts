/** The one screen that `up` prints: what runs, and what to do next. */
import { relative } from 'node:path';
import type { HoldfastConfig } from '../../../config/config.ts';
import { PROJECT_DIR } from '../../../config/project.ts';
import type { AccountMode } from '../../../domain/terms.ts';
import type { Colors } from '../context.ts';
import { liveMark } from '../render/format.ts';
import { feedSpeed } from './parts.ts';

const LABEL_WIDTH = 11;

const MONEY: Readonly<Record<AccountMode, (colors: Colors) => string>> = {
  paper: () => 'paper money',
  demo: () => "the exchange's test money",
  live: (colors) => `${liveMark(colors)} real money`,
};

export type ScreenFacts = {
  config: HoldfastConfig;
  withVenue: boolean;
  demo: boolean;
  workerPid: number;
  resumed: number;
};

export function screen({ config, withVenue, demo, workerPid, resumed }: ScreenFacts, colors: Colors): string {
  const row = (label: string, text: string) => `  ${colors.dim(label.padEnd(LABEL_WIDTH))}${text}`;
  const { temporal } = config;
  const self = commandName();
  const where = isDefaultPlace(config) ? '' : ` --data ${config.dataDir}`;
  const command = (text: string) => colors.cyan(`${self} ${text}${where}`);
  return [
    '',
    colors.bold('Holdfast is running.'),
    '',
    ...Object.values(config.accounts).map(({ name, exchange, mode, endpoint }) =>
      row(
        'account',
        `${colors.bold(name)}, ${MONEY[mode](colors)} on ${exchange}${endpoint === null || mode === 'paper' ? '' : ` at ${endpoint}`}`,
      ),
    ),
    ...(temporal.embedded ? [row('Web UI', colors.underline(`http://127.0.0.1:${temporal.uiPort}`))] : []),
    row(
      'Temporal',
      `${temporal.address}, namespace ${temporal.namespace}${temporal.embedded ? '' : ' (not started here)'}`,
    ),
    ...(withVenue
      ? [row('venue', `http://127.0.0.1:${config.venue.port} (BingX protocol), ${feedText(config)}`)]
      : []),
    row('worker', `process ${workerPid}`),
    row('data', config.dataDir),
    row('logs', `${config.dataDir}/logs`),
    '',
    row('open', command('open btc long 0.05 --sl 1% --tp 2%')),
    row('watch', command('positions --watch')),
    row('protect', command('set btc --sl 0.5% --tp none')),
    row('close', command('close btc')),
    row('history', command('journal')),
    row('try', `${colors.cyan(`kill -9 ${workerPid}`)}  the worker comes back and every position goes on`),
    row('stop', 'Ctrl-C; positions are kept, and npm start resumes them'),
    '',
    ...(resumed > 0 ? [`${resumed} open ${resumed === 1 ? 'position' : 'positions'} resumed.`] : []),
    ...(demo
      ? [
          colors.dim(
            'A demo trader opens a few paper positions now and then, never in BTC; --no-demo keeps it off.',
          ),
        ]
      : []),
  ].join('\n');
}

function feedText(config: HoldfastConfig): string {
  const { candles, trades, seed } = config.venue;
  const file = candles ?? trades;
  const speed = feedSpeed(config);
  const pace = speed === 1 ? '' : speed === 'max' ? ', as fast as it goes' : `, ${speed} times real time`;
  return file === null
    ? `random walk${seed === null ? '' : ` of seed ${seed}`}${pace}`
    : `${candles === null ? 'trades' : 'candles'} of ${shorter(file)}${pace}`;
}

/** As the person would write it here. */
const shorter = (path: string): string => {
  const here = relative(process.cwd(), path);
  return here.length < path.length ? here : path;
};

/** How this very program is called from where the person is. */
function commandName(): string {
  const path = relative(process.cwd(), `${PROJECT_DIR}/bin/holdfast`);
  return path.startsWith('..') ? `${PROJECT_DIR}/bin/holdfast` : path;
}

const isDefaultPlace = ({ dataDir }: HoldfastConfig): boolean => dataDir === `${PROJECT_DIR}/.holdfast/data`;
