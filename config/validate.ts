/** Checks what was written: every mistake at once, those of single settings and those of what fits together. */
import { describeIssue } from './errors.ts';
import { knownKeys } from './known-keys.ts';
import { brokenRules, type Broken } from './rules.ts';
import { fileSchema, type FileConfig } from './schema.ts';

export type Validated = { data: FileConfig; mistakes: [] } | { data: undefined; mistakes: Broken[] };

export function validate(raw: unknown): Validated {
  const parsed = fileSchema.safeParse(raw, { reportInput: true });
  if (parsed.success) {
    const mistakes = brokenRules(parsed.data);
    return mistakes.length > 0 ? { data: undefined, mistakes } : { data: parsed.data, mistakes: [] };
  }
  const mistakes = parsed.error.issues.flatMap((issue) => describeIssue(issue, issue.input, knownKeys));
  return { data: undefined, mistakes: [...mistakes, ...rulesElsewhere(raw, mistakes)] };
}

/** Rules that groups without a mistaken setting break. */
function rulesElsewhere(raw: unknown, mistakes: readonly Broken[]): Broken[] {
  const sick = new Set(mistakes.map(({ at }) => groupOf(at).join('\n')));
  const rest = mistakes.map(({ at }) => groupOf(at)).reduce(without, raw);
  const parsed = fileSchema.safeParse(rest);
  if (!parsed.success) return [];
  return brokenRules(parsed.data).filter(({ at }) => !sick.has(groupOf(at).join('\n')));
}

/** An account by itself, else what stands at the top of the file. */
const groupOf = (at: readonly PropertyKey[]): string[] =>
  at.slice(0, at[0] === 'accounts' ? 2 : 1).map(String);

function without(raw: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const { [key]: left, ...others } = raw as Record<string, unknown>; // an object, checked above
  return rest.length === 0 ? others : { ...others, [key]: without(left, rest) };
}
