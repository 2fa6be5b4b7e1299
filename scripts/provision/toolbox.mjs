/**
 * The record of what provisioning found: `tools.json` in the tools folder. Programs read the paths
 * from it; the next run trusts a verdict as long as the file's size and time have not changed.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Several clones may share one folder by `HOLDFAST_TOOLS_DIR`; the default is inside the project. */
export function toolsDirectory() {
  return resolve(process.env.HOLDFAST_TOOLS_DIR || join(PROJECT_DIR, '.holdfast/tools'));
}

/** Opens the record. An unreadable one counts as empty: everything in it can be found again. */
export function openToolbox(dir = toolsDirectory()) {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'tools.json');
  const content = readRecord(file);
  return {
    dir,
    tools: content.tools,
    /** A verdict given earlier on exactly this file: `{ version }`, or `undefined`. */
    recall(path) {
      const seen = content.verdicts[path];
      return seen !== undefined && seen.print === fingerprint(path) ? seen.verdict : undefined;
    },
    remember(path, verdict) {
      content.verdicts[path] = { print: fingerprint(path), verdict };
    },
    /** `path` if something is there. */
    has(path) {
      return existsSync(path) ? path : undefined;
    },
    /** Sets where a tool is (`{ path, version, source }`) or why it is missing (`{ reason }`). */
    record(tool, found) {
      content.tools[tool] = found;
    },
    save() {
      const next = `${JSON.stringify(content, null, 2)}\n`;
      if (next === content.text) return;
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, next);
      renameSync(draft, file);
    },
  };
}

function readRecord(file) {
  const record = { tools: {}, verdicts: {} };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
    const parsed = JSON.parse(text);
    if (parsed.tools !== null && typeof parsed.tools === 'object') Object.assign(record, parsed);
  } catch {
    text = '';
  }
  return Object.defineProperty(record, 'text', { value: text, enumerable: false });
}

function fingerprint(path) {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${size}:${Math.round(mtimeMs)}`;
  } catch {
    return 'missing';
  }
}
