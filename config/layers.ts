/**
 * The layers of a configuration: the file, then `HOLDFAST_...` variables, then flags; the later one
 * wins. Each setting remembers where it came from, so that an error names the place to correct.
 */
import { pathText } from './errors.ts';

/** Flags and variables that set one setting each; the text is read as a number where `number` says so. */
export const SETTINGS = [
  { flag: 'data', env: 'HOLDFAST_DATA', path: ['dataDir'] },
  { flag: 'ports', env: 'HOLDFAST_PORTS', path: ['ports'], number: true },
  { flag: 'temporal', env: 'HOLDFAST_TEMPORAL', path: ['temporal', 'address'] },
  { flag: 'namespace', env: 'HOLDFAST_NAMESPACE', path: ['temporal', 'namespace'] },
  { flag: 'temporalPort', env: 'HOLDFAST_TEMPORAL_PORT', path: ['temporal', 'port'], number: true },
  { flag: 'uiPort', env: 'HOLDFAST_UI_PORT', path: ['temporal', 'uiPort'], number: true },
  { flag: 'venuePort', env: 'HOLDFAST_VENUE_PORT', path: ['venue', 'port'], number: true },
  { flag: 'controlPort', env: 'HOLDFAST_CONTROL_PORT', path: ['venue', 'controlPort'], number: true },
  { flag: 'healthPort', env: 'HOLDFAST_HEALTH_PORT', path: ['health', 'port'], number: true },
  { flag: 'healthHost', env: 'HOLDFAST_HEALTH_HOST', path: ['health', 'host'] },
  { flag: 'demo', env: 'HOLDFAST_DEMO', path: ['demo'] },
  { flag: 'candles', env: 'HOLDFAST_CANDLES', path: ['venue', 'candles'] },
  { flag: 'trades', env: 'HOLDFAST_TRADES', path: ['venue', 'trades'] },
  { flag: 'speed', env: 'HOLDFAST_SPEED', path: ['venue', 'speed'], number: true },
  { flag: 'seed', env: 'HOLDFAST_SEED', path: ['venue', 'seed'], number: true },
] as const satisfies readonly Setting[];

type Setting = { flag: string; env: string; path: readonly string[]; number?: true };

/** Values of the command line, as text; absent or undefined: not given. */
export type ConfigFlags = { [Name in (typeof SETTINGS)[number]['flag']]?: string | undefined };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings by dotted path that did not come from the file, with the flag or variable that set them. */
export type Origins = ReadonlyMap<string, string>;

type Tree = Record<string, unknown>;

/** Lays variables and flags over `file`, which stays as it is. */
export function overlay(
  file: unknown,
  env: Environment,
  flags: ConfigFlags,
): { raw: unknown; origins: Origins } {
  const origins = new Map<string, string>();
  let raw = file;
  for (const setting of SETTINGS) {
    const { text, origin } = given(setting, env, flags);
    if (text === undefined) continue;
    raw = withValue(raw, setting.path, 'number' in setting ? numberOr(text) : text);
    origins.set(pathText(setting.path), origin);
  }
  return { raw, origins };
}

function given(setting: (typeof SETTINGS)[number], env: Environment, flags: ConfigFlags) {
  const flag = flags[setting.flag];
  if (flag !== undefined) return { text: flag, origin: flagText(setting.flag) };
  const variable = env[setting.env];
  return { text: variable === '' ? undefined : variable, origin: setting.env };
}

/** `temporalPort` is `--temporal-port` on the command line. */
const flagText = (flag: string): string =>
  `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Text that is no number stays text, and the schema says what is wrong with it. */
const numberOr = (text: string): string | number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

function withValue(raw: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  // A file whose root or group is no group is left for the schema to refuse.
  if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw))) return raw;
  const tree: Tree = { ...raw };
  return { ...tree, [key]: withValue(tree[key], rest, value) };
}
