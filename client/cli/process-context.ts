/** The context of a real process: its streams, its terminal, its connections. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pico from 'picocolors';
import { loadOwnConfig, loadRunningConfig } from '../../config/running-config.ts';
import { createVenueControl } from '../../venue/control/client.ts';
import type { Context } from './context.ts';
import { openDirect } from './direct.ts';
import { openSession } from './session.ts';
import type { Where } from './where.ts';

const DEFAULT_WIDTH = 100;
const DEFAULT_HEIGHT = 40;

/** @param stopping aborts when the process is asked to end */
export function processContext(stopping: AbortSignal): Context {
  const { stdout, stderr } = process;
  const config = ({ config: file, ...flags }: Where) => loadRunningConfig({ file, flags }).config;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    raw: (text) => void stdout.write(text),
    // picocolors knows NO_COLOR and dumb terminals; but it colours pipes too where a CI is set.
    colors: pico.createColors(stdout.isTTY === true && pico.isColorSupported),
    get width() {
      return stdout.columns ?? DEFAULT_WIDTH;
    },
    get height() {
      return stdout.rows ?? DEFAULT_HEIGHT;
    },
    isTty: stdout.isTTY === true,
    now: Date.now,
    confirm,
    pause: (ms) => delay(ms, true, { signal: stopping }).catch(() => false),
    stopping,
    config,
    ownConfig: ({ config: file, ...flags }) => loadOwnConfig({ file, flags }),
    session: async (where) => openSession(config(where)),
    direct: async (where) => openDirect(config(where)),
    venue: (where) => createVenueControl(`http://127.0.0.1:${config(where).venue.controlPort}`),
    exitCode: 0,
  };
}

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
