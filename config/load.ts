/** Reads, checks and freezes the configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { HoldfastConfig, UnusableAccount } from './config.ts';
import { ConfigError, pathText, type ConfigProblem } from './errors.ts';
import { overlay, type ConfigFlags, type Environment, type Origins } from './layers.ts';
import { CONFIG_FILE_NAMES, PROJECT_DIR } from './project.ts';
import { resolveConfig } from './resolve.ts';
import { readSource, type SourceText } from './source-lines.ts';
import { tolerate } from './tolerate.ts';
import { validate } from './validate.ts';

export type LoadOptions = {
  /** Default: `HOLDFAST_CONFIG`, else `holdfast.yaml` in the working folder or the project, else none. */
  file?: string | undefined;
  flags?: ConfigFlags;
  /** Default: this process's own environment. */
  env?: Environment;
  /** A mistake inside one account makes that account unusable, as long as another one is left. */
  tolerant?: boolean;
};

/**
 * The configuration of this copy. Throws `ConfigError` with every mistake at once; reads no secret.
 * A relative path counts from the file's folder; in a flag or variable, from the working folder.
 */
export function loadConfig({
  file: asked,
  flags = {},
  env = process.env,
  tolerant = false,
}: LoadOptions = {}): HoldfastConfig {
  const file = findFile(asked ?? (env['HOLDFAST_CONFIG'] || undefined));
  const read = file === null ? undefined : readFile(file);
  const { raw, origins } = overlay(read?.raw ?? {}, env, flags);
  const place = (at: readonly PropertyKey[]): Place => placeOf(at, origins, file, read);
  const { checked, unusable } = check(raw, place, tolerant);
  const from = (path: string): string => (origins.has(path) || file === null ? process.cwd() : dirname(file));
  return resolveConfig(checked, unusable, file, from);
}

type Place = Pick<ConfigProblem, 'source' | 'line'>;

/** Of a flag or variable its name, else the file and the line. */
function placeOf(
  at: readonly PropertyKey[],
  origins: Origins,
  file: string | null,
  read: SourceText | undefined,
): Place {
  const origin = origins.get(pathText(at));
  if (origin !== undefined || file === null) return { source: origin ?? 'the built-in configuration' };
  const line = read?.lineOf(at);
  return { source: file, ...(line !== undefined && { line }) };
}

/** The file's settings, without the accounts that hold a mistake where that is tolerated. */
function check(raw: unknown, place: (at: readonly PropertyKey[]) => Place, tolerant: boolean) {
  const unusable: UnusableAccount[] = [];
  for (let rest = raw; ;) {
    const { data, mistakes } = validate(rest);
    if (data !== undefined) return { checked: data, unusable };
    const placed = mistakes.map(({ at, ...problem }) => ({
      at,
      problem: { ...place(at), ...problem },
    }));
    const tolerated = tolerant ? tolerate(rest, placed) : undefined;
    if (tolerated === undefined)
      throw new ConfigError([
        ...unusable.flatMap(({ problems }) => problems),
        ...placed.map(({ problem }) => problem),
      ]);
    unusable.push(...tolerated.unusable);
    rest = tolerated.rest; // fewer accounts every time, so this ends
  }
}

function findFile(asked: string | undefined): string | null {
  if (asked !== undefined) {
    const path = resolve(asked);
    if (existsSync(path)) return path;
    throw problem(
      path,
      'there is no such file',
      'Create it, or start without it for the built-in paper account',
    );
  }
  const folders = [process.cwd(), PROJECT_DIR];
  const candidates = folders.flatMap((folder) => CONFIG_FILE_NAMES.map((name) => resolve(folder, name)));
  return candidates.find((path) => existsSync(path)) ?? null;
}

function readFile(path: string): SourceText {
  const read = readSource(readText(path));
  if (read.broken === null) return read;
  const { line, code } = read.broken;
  throw problem(
    path,
    `line ${line} is not valid YAML (${code})`,
    'Correct the line; most often it is the indentation or a missing space after a colon',
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw problem(
      path,
      `the file cannot be read (${code})`,
      'Make it readable for the user that runs Holdfast',
    );
  }
}

function problem(source: string, text: string, fix: string): ConfigError {
  const only: ConfigProblem = { source, path: '', problem: text, fix };
  return new ConfigError([only]);
}
