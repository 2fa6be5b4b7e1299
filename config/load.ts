/** Reads, checks and freezes the configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { HoldfastConfig, UnusableAccount } from './config.ts';
import { ConfigError, describeIssue, pathText, type ConfigProblem } from './errors.ts';
import { knownKeys } from './known-keys.ts';
import { overlay, type ConfigFlags, type Environment, type Origins } from './layers.ts';
import { CONFIG_FILE_NAMES, PROJECT_DIR } from './project.ts';
import { resolveConfig } from './resolve.ts';
import { brokenRules, type Broken } from './rules.ts';
import { fileSchema, type FileConfig } from './schema.ts';
import { tolerate } from './tolerate.ts';

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
  const { raw, origins } = overlay(file === null ? {} : readFile(file), env, flags);
  const source = (at: readonly PropertyKey[]): string =>
    originOf(at, origins) ?? file ?? 'the built-in configuration';
  const { checked, unusable } = check(raw, source, tolerant);
  const from = (path: string): string => (origins.has(path) || file === null ? process.cwd() : dirname(file));
  return resolveConfig(checked, unusable, file, from);
}

/** The file's settings, without the accounts that hold a mistake where that is tolerated. */
function check(raw: unknown, source: (at: readonly PropertyKey[]) => string, tolerant: boolean) {
  const unusable: UnusableAccount[] = [];
  for (let rest = raw; ;) {
    const { data, mistakes } = validate(rest);
    if (data !== undefined) return { checked: data, unusable };
    const placed = mistakes.map(({ at, ...problem }) => ({
      at,
      problem: { source: source(at), ...problem },
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

type Validated = { data: FileConfig; mistakes: [] } | { data: undefined; mistakes: Broken[] };

function validate(raw: unknown): Validated {
  const parsed = fileSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    const mistakes = parsed.error.issues.flatMap((issue) => describeIssue(issue, issue.input, knownKeys));
    return { data: undefined, mistakes };
  }
  const mistakes = brokenRules(parsed.data);
  return mistakes.length > 0 ? { data: undefined, mistakes } : { data: parsed.data, mistakes: [] };
}

function originOf(at: readonly PropertyKey[], origins: Origins): string | undefined {
  return origins.get(pathText(at));
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

/** JSON is YAML too. The parser's excerpt of the file stays out of the message: it may hold a secret. */
function readFile(path: string): unknown {
  const document = parseDocument(readText(path), { prettyErrors: false });
  const error = document.errors[0];
  if (error === undefined) return document.toJS() ?? {};
  const line = readText(path).slice(0, error.pos[0]).split('\n').length;
  throw problem(
    path,
    `line ${line} is not valid YAML (${error.code})`,
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
