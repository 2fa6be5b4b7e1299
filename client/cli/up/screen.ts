/** The one screen that `up` prints: what runs, and what to do next. */
import { relative } from 'node:path';
import type { HoldfastConfig } from '../../../config/config.ts';
import { PROJECT_DIR } from '../../../config/project.ts';
import type { AccountMode } from '../../../domain/terms.ts';
import type { Colors } from '../context.ts';
import { exchangeText, liveMark } from '../render/format.ts';
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
  const names = Object.keys(config.accounts);
  const which = names.length > 1 ? ` --account ${names[0]}` : '';
  const command = (text: string) => colors.cyan(`${self} ${text}${where}`);
  return [
    '',
    colors.bold('Holdfast is running.'),
    '',
    ...accountRows(config, colors).map((text, index, { length }) =>
      row(index > 0 ? '' : length > 1 ? 'accounts' : 'account', text),
    ),
    ...(temporal.embedded ? [row('Web UI', colors.underline(`http://127.0.0.1:${temporal.uiPort}`))] : []),
    row(
      'Temporal',
      `${temporal.address}, namespace ${temporal.namespace}${temporal.embedded ? '' : ' (not started here)'}`,
    ),
    ...(withVenue
      ? [
          row(
            'venue',
            `http://127.0.0.1:${config.venue.port} (${protocolsText(config)}), ${feedText(config)}`,
          ),
        ]
      : []),
    row('worker', `process ${workerPid}${healthText(config)}`),
    row('data', config.dataDir),
    row('logs', `${config.dataDir}/logs`),
    '',
    row('open', command(`open btc long 0.05 --sl 1% --tp 2%${which}`)),
    row('watch', command('positions --watch')),
    row('protect', command(`set btc --sl 0.5% --tp none${which}`)),
    row('close', command(`close btc${which}`)),
    row('history', command('journal')),
    row('try', `${colors.cyan(`kill -9 ${workerPid}`)}  the worker comes back and every position goes on`),
    row('stop', 'Ctrl-C; positions are kept, and npm start resumes them'),
    '',
    ...(resumed > 0 ? [`${resumed} open ${resumed === 1 ? 'position' : 'positions'} resumed.`] : []),
    ...(demo
      ? [colors.dim('A demo trader opens paper positions, never in BTC; --no-demo keeps it off.')]
      : []),
  ].join('\n');
}

/** One line each: exchange, position mode and money, in columns. */
function accountRows({ accounts }: HoldfastConfig, colors: Colors): string[] {
  const all = Object.values(accounts);
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, exchange, positionMode, mode, endpoint }) => {
    const where = endpoint === null || mode === 'paper' ? '' : ` at ${endpoint}`;
    return `${colors.bold(name.padEnd(width))}  ${exchangeText(exchange)}, ${positionMode} mode, ${MONEY[mode](colors)}${where}`;
  });
}

/** The venue speaks all of them; those in use are named. */
function protocolsText({ accounts }: HoldfastConfig): string {
  const used = Object.values(accounts).filter(({ onLocalVenue }) => onLocalVenue);
  const names = [...new Set(used.map(({ exchange }) => exchangeText(exchange)))];
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : `${last} protocol`;
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

/** Where its health is, unless only the worker itself knows. */
const healthText = ({ health: { enabled, host, port } }: HoldfastConfig): string =>
  enabled && port !== 0 ? `, http://${host}:${port}/health` : '';

/** How this very program is called from where the person is. */
function commandName(): string {
  const path = relative(process.cwd(), `${PROJECT_DIR}/bin/holdfast`);
  return path.startsWith('..') ? `${PROJECT_DIR}/bin/holdfast` : path;
}

const isDefaultPlace = ({ dataDir }: HoldfastConfig): boolean => dataDir === `${PROJECT_DIR}/.holdfast/data`;
