/** Trying the ways to get a tool, in order, until one holds up. */
import { isExecutable } from './run.mjs';
import { say } from './report.mjs';

/**
 * @param toolbox the record of earlier verdicts
 * @param tool name in `tools.json`
 * @param ways `{ source, find }[]`: `find()` gives `{ path }` (a candidate), `{ reason }` (why not),
 * or `undefined` (this way does not apply here; silent)
 * @param verify `(path) => { version }` or `{ reason }`; asked once per file, then remembered
 * @returns `{ path, version, source }` or `{ reason }`
 */
export async function firstThatWorks({ toolbox, tool, ways, verify }) {
  const reasons = [];
  for (const { source, find, mustWork = false } of ways) {
    const found = await find();
    if (found === undefined) continue;
    const verdict = found.path === undefined ? found : await judge(toolbox, found.path, verify);
    if (verdict.reason === undefined) {
      const result = { path: found.path, version: verdict.version, source };
      const known = toolbox.tools[tool];
      const isNews = known?.path !== result.path || known?.version !== result.version;
      if (isNews) say(tool, `${verdict.version} from ${source}: ${found.path}`);
      toolbox.record(tool, result);
      return result;
    }
    reasons.push(`${source}: ${verdict.reason}`);
    say(tool, `not from ${source}: ${verdict.reason}`);
    // A path that somebody set by hand and that does not work is a mistake to show, not to paper over.
    if (mustWork) break;
  }
  const failure = { reason: reasons.join('; ') };
  toolbox.record(tool, failure);
  return failure;
}

async function judge(toolbox, path, verify) {
  if (!isExecutable(path)) return { reason: `${path} is not an executable file` };
  const earlier = toolbox.recall(path);
  if (earlier !== undefined) return earlier;
  const verdict = await verify(path);
  // Only success is remembered: a failure may have been a moment's.
  if (verdict.reason === undefined) toolbox.remember(path, verdict);
  return verdict;
}

/** The way that every tool begins with: a path from the environment, which must work when set. */
export function explicitPath(variable) {
  return {
    source: variable,
    mustWork: true,
    find: () => {
      const path = process.env[variable];
      return path === undefined || path === '' ? undefined : { path };
    },
  };
}
