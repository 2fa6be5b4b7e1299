/** A parent for the tests to kill: starts the command of its arguments as a child and prints its id. */
import { startChild } from '../../../server/child.ts';

const [logFile = '', command = '', ...args] = process.argv.slice(2);
const child = await startChild({ command, args, logFile });
process.stdout.write(`${child.pid}\n`);
await child.exited;
