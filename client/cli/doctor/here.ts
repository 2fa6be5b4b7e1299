/** What can be seen on this machine alone: Node, data folder, journal. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HoldfastConfig } from '../../../config/config.ts';
import { journalFile } from '../../../config/data-files.ts';
import { readRunning } from '../../../config/running.ts';
import { openSqliteJournal } from '../../../journal/sqlite.ts';
import type { Finding } from './finding.ts';

const WANTED_NODE = 24;

export function examineNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  const text = `${process.versions.node} on ${process.platform} ${process.arch}`;
  if (major >= WANTED_NODE) return { what: 'Node', state: 'ok', text };
  return {
    what: 'Node',
    state: 'wrong',
    text,
    remedy: `Start it by npm start or bin/holdfast, which bring Node ${WANTED_NODE}`,
  };
}

export function examineData(config: HoldfastConfig): Finding[] {
  const file = config.file === null ? 'built-in defaults, no file' : config.file;
  const running = readRunning(config.dataDir);
  const inUse =
    running === undefined
      ? 'nothing runs on it'
      : `in use by holdfast up, process ${running.pid}, since ${running.startedAt}`;
  return [
    {
      what: 'configuration',
      state: 'ok',
      text: `${file}; accounts: ${Object.values(config.accounts)
        .map(({ name, mode }) => `${name} (${mode})`)
        .join(', ')}`,
    },
    {
      what: 'data folder',
      state: existsSync(config.dataDir) ? 'ok' : 'note',
      text: existsSync(config.dataDir)
        ? `${config.dataDir}, ${inUse}`
        : `${config.dataDir} will be made by the first start`,
    },
    examineJournal(config),
  ];
}

function examineJournal(config: HoldfastConfig): Finding {
  const what = 'journal';
  const file = journalFile(config);
  if (!existsSync(file))
    return {
      what,
      state: 'note',
      text: `none yet in ${join(config.dataDir)}`,
      remedy: 'The first worker makes it',
    };
  try {
    void openSqliteJournal({ file, readonly: true }).close();
    return { what, state: 'ok', text: file };
  } catch (error) {
    return {
      what,
      state: 'wrong',
      text: error instanceof Error ? error.message : String(error),
      remedy: 'Restore it from a backup, or start the worker of the version that wrote it',
    };
  }
}
