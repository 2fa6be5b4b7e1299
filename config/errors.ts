/** What is wrong with a configuration, in words that say what to do. */
import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** One mistake: where it was read from, which setting, what is wrong and how to put it right. */
export type ConfigProblem = {
  /** A file's path, a flag (`--venue-port`) or a variable (`HOLDFAST_VENUE_PORT`). */
  source: string;
  /** Of that file, from 1, where the setting stands or ought to; absent where nobody can say. */
  line?: number;
  /** Dotted path of the setting; empty for the whole file. */
  path: string;
  problem: string;
  fix: string;
};

/** Every mistake at once, so that a file is put right in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(problemText).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export function problemText(problem: ConfigProblem): string {
  const { fix } = problem;
  return `${whatIsWrong(problem)}. ${fix}${fix.endsWith('?') ? '' : '.'}`;
}

/** Without what to do about it. */
export const whatIsWrong = ({ source, line, path, problem }: ConfigProblem): string =>
  `${source}${line === undefined ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${problem}`;

/** A dotted path; keys that are not plain words are quoted, e.g. `symbols["BTC/USDT:USDT"].working_type`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    const key = String(part);
    if (!/^[\w-]+$/.test(key)) return `${text}["${key}"]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** The names of settings that would hold a key or a secret in plain text. */
const INLINE_SECRETS = [
  'apikey',
  'api_key',
  'key',
  'secret',
  'apisecret',
  'api_secret',
  'secretkey',
  'password',
  'passphrase',
];

type Described = Omit<ConfigProblem, 'source' | 'line'> & { at: readonly PropertyKey[] };

/** Problems of one zod issue; unknown keys make one each. `known` gives the keys allowed at a path. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  value: unknown,
  known: (path: readonly PropertyKey[]) => readonly string[],
): Described[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], known(issue.path)));
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        at: issue.path,
        path: pathText(issue.path),
        ...split(issue.issues[0]?.message ?? 'This name cannot be used'),
      },
    ];
  }
  return [{ at: issue.path, path: pathText(issue.path), ...describeValue(issue, value) }];
}

function unknownKey(at: readonly PropertyKey[], known: readonly string[]): Described {
  const key = String(at.at(-1));
  const path = pathText(at);
  if (INLINE_SECRETS.includes(key.toLowerCase())) {
    return {
      at,
      path,
      problem: 'keys and secrets are never written in this file, where backups and screens would show them',
      fix: 'Name environment variables with apiKeyEnv and secretEnv, or a file that only you can read with keysFile',
    };
  }
  const guess = nearest(key, known);
  return {
    at,
    path,
    problem: 'there is no such setting',
    fix: guess === undefined ? `Remove it; known here: ${known.join(', ')}` : `Did you mean ${guess}?`,
  };
}

function describeValue(issue: z.core.$ZodIssue, value: unknown): { problem: string; fix: string } {
  switch (issue.code) {
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const guess = typeof value === 'string' ? nearest(value, allowed) : undefined;
      return {
        problem: `${shown(value)} is not one of ${allowed.join(', ')}`,
        fix: guess === undefined ? 'Write one of them' : `Did you mean ${guess}?`,
      };
    }
    case 'invalid_type':
      return {
        problem: `${shown(value)} is not ${article(issue.expected)}`,
        fix: `Write ${article(issue.expected)}`,
      };
    case 'too_small':
      return { problem: `${shown(value)} is too small`, fix: `The smallest allowed is ${issue.minimum}` };
    case 'too_big':
      return { problem: `${shown(value)} is too large`, fix: `The largest allowed is ${issue.maximum}` };
    default:
      return split(issue.message);
  }
}

/** Messages of our own checks are written `problem | fix`. */
function split(message: string): { problem: string; fix: string } {
  const [problem = message, fix = 'Correct it'] = message.split(' | ');
  return { problem, fix };
}

const MAX_SHOWN = 60;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

const ARTICLES: Record<string, string> = {
  object: 'a group of settings',
  record: 'a group of settings',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const article = (type: string): string => ARTICLES[type] ?? `a value of type ${type}`;
