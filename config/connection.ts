/** What it takes to speak to an account's exchange, keys included: for the moment of connecting only. */
import type { AccountMode, ExchangeName, PositionMode } from '../domain/terms.ts';
import type { AccountConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { readKeysFile, type Credentials } from './keys-file.ts';
import type { Environment } from './layers.ts';
import { paperKeys } from './paper-keys.ts';

export type Connection = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  /** Absent: the exchange's own. */
  endpoint?: string;
  positionMode: PositionMode;
  /** Orders of one moment may leave in one request. */
  batches: boolean;
  /** Absent: what fits the mode. */
  rateLimits?: 'uid-and-ip' | 'uid' | 'off';
  apiKey: string;
  secret: string;
};

/** Reads the keys anew at every call. Throws `ConfigError` where they are missing; no text repeats a key. */
export function connection(account: AccountConfig, env: Environment = process.env): Connection {
  return {
    account: account.name,
    exchange: account.exchange,
    mode: account.mode,
    ...(account.endpoint !== null && { endpoint: account.endpoint }),
    positionMode: account.positionMode,
    batches: account.position.batchProtection,
    ...(account.rateLimits !== null && { rateLimits: account.rateLimits }),
    ...readCredentials(account, env),
  };
}

function readCredentials({ credentials: source, name }: AccountConfig, env: Environment): Credentials {
  switch (source.from) {
    case 'paper':
      return paperKeys(source.path);
    case 'file':
      return readKeysFile(source.path);
    case 'environment':
      return { apiKey: variable(name, source.apiKeyEnv, env), secret: variable(name, source.secretEnv, env) };
    default:
      return source satisfies never;
  }
}

function variable(account: string, name: string, env: Environment): string {
  const value = env[name]?.trim();
  if (value !== undefined && value !== '') return value;
  const problem = `account ${account} takes a key from this variable, and it is not set`;
  throw new ConfigError([{ source: name, path: '', problem, fix: 'Set it where Holdfast starts' }]);
}
