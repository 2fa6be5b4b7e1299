/** The `holdfast` program. */
import { onStopSignal } from '../../server/stop-signals.ts';
import { processContext } from './process-context.ts';
import { run } from './program.ts';

const stopping = new AbortController();
// The second time is for people who do not want to wait: whatever was started notices and ends too.
onStopSignal({ stop: () => stopping.abort(), force: () => process.exit(130) });
// A reader that went away, as in `holdfast journal | head`, is no fault.
process.stdout.on('error', () => stopping.abort());

process.exitCode = await run(process.argv.slice(2), processContext(stopping.signal));
