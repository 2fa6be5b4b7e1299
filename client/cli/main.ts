/** The `holdfast` program. */
import { processContext } from './process-context.ts';
import { run } from './program.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The second time is for people who do not want to wait: whatever was started notices and ends too.
  process.on(signal, () => (stopping.signal.aborted ? process.exit(130) : stopping.abort()));
}
// A reader that went away, as in `holdfast journal | head`, is no fault.
process.stdout.on('error', () => stopping.abort());

process.exitCode = await run(process.argv.slice(2), processContext(stopping.signal));
