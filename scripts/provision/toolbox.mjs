/**
 * The record of what provisioning found: `tools.json` in the tools folder. Programs read the paths
 * from it; the next run trusts a verdict as long as the file's size and time have not changed.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Several clones may share one folder by `HOLDFAST_TOOLS_DIR`; the default is inside the project. */
export function toolsDirectory() {
  return resolve(process.env.HOLDFAST_TOOLS_DIR || join(PROJECT_DIR, '.holdfast/tools'));
}

/** Folders that steps work in before a tool is whole; one that a killed run left is no use to anybody. */
const DRAFT = /^\.(build|download|maven)-/;
const DRAFT_KEPT_MS = 2 * 3_600_000;

/** Opens the record. An unreadable one counts as empty: everything in it can be found again. */
export function openToolbox(dir = toolsDirectory()) {
  mkdirSync(dir, { recursive: true });
  removeOldDrafts(dir);
  const file = join(dir, 'tools.json');
  const known = readRecord(file);
  const changes = { tools: {}, verdicts: {} };
  return {
    dir,
    tools: known.tools,
    /** `path` if something is there. */
    has(path) {
      return existsSync(path) ? path : undefined;
    },
    /** A verdict given earlier on exactly this file: `{ version }`, or `undefined`. */
    recall(path) {
      const seen = known.verdicts[path];
      return seen !== undefined && seen.print === fingerprint(path) ? seen.verdict : undefined;
    },
    remember(path, verdict) {
      known.verdicts[path] = changes.verdicts[path] = { print: fingerprint(path), verdict };
    },
    /** Sets where a tool is (`{ path, version, source }`) or why it is missing (`{ reason }`). */
    record(tool, found) {
      if (JSON.stringify(known.tools[tool]) === JSON.stringify(found)) return;
      known.tools[tool] = changes.tools[tool] = found;
    },
    /** Writes what changed over what is there now: another clone may have written meanwhile. */
    save() {
      if (isEmpty(changes.tools) && isEmpty(changes.verdicts)) return;
      const latest = readRecord(file);
      Object.assign(latest.tools, changes.tools);
      Object.assign(latest.verdicts, changes.verdicts);
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, `${JSON.stringify(latest, null, 2)}\n`);
      renameSync(draft, file);
    },
  };
}

function readRecord(file) {
  try {
    const { tools, verdicts } = JSON.parse(readFileSync(file, 'utf8'));
    return { tools: { ...tools }, verdicts: { ...verdicts } };
  } catch {
    return { tools: {}, verdicts: {} };
  }
}

function removeOldDrafts(dir) {
  for (const name of readdirSync(dir)) {
    if (!DRAFT.test(name)) continue;
    const ageMs = Date.now() - (statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > DRAFT_KEPT_MS) rmSync(join(dir, name), { recursive: true, force: true });
  }
}

const isEmpty = (object) => Object.keys(object).length === 0;

function fingerprint(path) {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size}:${Math.round(mtimeMs)}`;
  } catch {
    return 'missing';
  }
}
