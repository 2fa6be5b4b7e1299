/** Writes down each stop request it sees, and ends when forced. */
import { onStopSignal } from '../../../server/stop-signals.ts';

onStopSignal({
  stop: (signal) => process.stdout.write(`stop ${signal}\n`),
  force: () => {
    process.stdout.write('force\n');
    process.exit(0);
  },
});
setInterval(() => {}, 60_000);
process.stdout.write('up\n');
