/** The `holdfast` program. */
import { processContext } from './process-context.ts';
import { run } from './program.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
// A reader that went away, as in `holdfast journal | head`, is no fault.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), processContext(stopping.signal));
