/** Rules that one setting alone cannot show: what fits together, and what must never be mixed. */
import { EXCHANGES } from '../domain/exchanges.ts';
import { pathText } from './errors.ts';
import { DEFAULT_EXCHANGE, type FileAccount } from './account-schema.ts';
import type { FileConfig } from './schema.ts';
import { symbolRules } from './symbol-rules.ts';

export type Broken = { at: readonly PropertyKey[]; path: string; problem: string; fix: string };

/** Hosts where orders are real: a paper account must not reach them by a slip of the endpoint. */
const REAL_HOSTS = Object.values(EXCHANGES).flatMap(({ hosts }) => hosts);

const isReal = (host: string): boolean =>
  REAL_HOSTS.some((real) => host === real || host.endsWith(`.${real}`));

/** Every rule that `config` breaks. */
export function brokenRules(config: FileConfig): Broken[] {
  const broken: Broken[] = [];
  const add = (at: readonly PropertyKey[], problem: string, fix: string) =>
    broken.push({ at, path: pathText(at), problem, fix });
  if (config.venue?.candles !== undefined && config.venue.trades !== undefined) {
    add(['venue', 'trades'], 'candles and trades cannot both drive the venue', 'Keep one of the two');
  }
  if (config.demo !== undefined && config.accounts !== undefined) {
    add(
      ['demo'],
      'it brings paper accounts of its own, and the file has accounts',
      'Leave out one of the two, e.g. start it with another --data and --config',
    );
  }
  symbolRules(config.symbols, undefined, (at, problem, fix) => add(['symbols', ...at], problem, fix));
  for (const [name, account] of Object.entries(config.accounts ?? {})) {
    accountRules(account, (key, problem, fix) => add(['accounts', name, key], problem, fix));
    symbolRules(account.symbols, config.symbols?.['default'], (at, problem, fix) =>
      add(['accounts', name, 'symbols', ...at], problem, fix),
    );
  }
  return broken;
}

type Add = (key: keyof FileAccount, problem: string, fix: string) => void;

function accountRules(account: FileAccount, add: Add): void {
  const mode = account.mode ?? 'paper';
  if (mode === 'live' && account.live !== true) {
    add(
      'live',
      'mode live trades with real money and needs a second word',
      'Write live: true beside it, or mode: paper',
    );
  }
  if (mode !== 'live' && account.live === true) {
    add('live', `live: true contradicts mode: ${mode}`, 'Remove it, or write mode: live');
  }
  placeRules(account, mode, add);
  if (mode !== 'paper' && account.rate_limits === 'off') {
    add('rate_limits', 'an exchange bans who keeps no limits', 'Remove it, or write uid-and-ip');
  }
  keyRules(account, mode, add);
}

function placeRules({ exchange = DEFAULT_EXCHANGE, endpoint }: FileAccount, mode: string, add: Add): void {
  const { title, demo } = EXCHANGES[exchange];
  const host = endpoint === undefined ? '' : (URL.parse(endpoint)?.hostname ?? '');
  if (mode === 'paper' && isReal(host)) {
    add(
      'endpoint',
      'a paper account must not point at a real exchange',
      `Write ${demo ? 'mode: demo or ' : ''}mode: live, or another endpoint`,
    );
  }
  if (mode === 'demo' && !demo) {
    add('mode', `${title} has no demo`, 'Write mode: paper to trade on the venue, or mode: live');
  }
}

function keyRules(account: FileAccount, mode: string, add: Add): void {
  const { apiKeyEnv, secretEnv, keysFile } = account;
  if (keysFile !== undefined && (apiKeyEnv !== undefined || secretEnv !== undefined)) {
    add('keysFile', 'the keys are named twice', 'Keep either keysFile, or apiKeyEnv with secretEnv');
    return;
  }
  if ((apiKeyEnv === undefined) !== (secretEnv === undefined)) {
    const missing = apiKeyEnv === undefined ? 'apiKeyEnv' : 'secretEnv';
    add(missing, 'it is missing beside its other half', 'Name both apiKeyEnv and secretEnv');
    return;
  }
  if (mode !== 'paper' && keysFile === undefined && apiKeyEnv === undefined) {
    add('apiKeyEnv', `a ${mode} account needs keys`, 'Name apiKeyEnv and secretEnv, or keysFile');
  }
}
