/** What provisioning tells the person who waits: one line a step, and a heartbeat in long ones. */
const HEARTBEAT_MS = 10_000;

/** A line about `tool`; details go to stderr so that `--json` keeps stdout clean. */
export function say(tool, text) {
  process.stderr.write(`  ${tool.padEnd(18)} ${text}\n`);
}

/**
 * Runs `work` and prints a line every 10 s until it ends. `describe()` may add what it is at.
 * Short steps stay silent.
 */
export async function withHeartbeat(tool, label, describe, work) {
  const startedMs = Date.now();
  const timer = setInterval(() => {
    const detail = describe();
    say(tool, `... ${label}, ${secondsSince(startedMs)} s${detail === '' ? '' : `, ${detail}`}`);
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

export function secondsSince(startedMs) {
  return Math.round((Date.now() - startedMs) / 1000);
}
