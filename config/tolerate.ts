/**
 * A mistake inside one account of the file, told apart from one that concerns all of them: the worker
 * serves every account that can be served, and says what is wrong with the others.
 */
import type { UnusableAccount } from './config.ts';
import type { ConfigProblem } from './errors.ts';

/** A problem, with the place in the file's tree that it is at. */
export type Placed = { at: readonly PropertyKey[]; problem: ConfigProblem };

/** What is left of the file without the accounts that `placed` is about, and those accounts. */
export type Tolerated = { rest: unknown; unusable: readonly UnusableAccount[] };

/** Undefined where a problem is not inside an account, or where no account would be left. */
export function tolerate(raw: unknown, placed: readonly Placed[]): Tolerated | undefined {
  if (!isTree(raw) || !isTree(raw['accounts'])) return undefined;
  const problems = new Map<string, ConfigProblem[]>();
  for (const { at, problem } of placed) {
    const [group, name] = at;
    if (group !== 'accounts' || typeof name !== 'string') return undefined;
    problems.set(name, [...(problems.get(name) ?? []), problem]);
  }
  const good = Object.entries(raw['accounts']).filter(([name]) => !problems.has(name));
  if (good.length === 0) return undefined;
  return {
    rest: { ...raw, accounts: Object.fromEntries(good) },
    unusable: [...problems].map(([name, list]) => ({ name, problems: list })),
  };
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
