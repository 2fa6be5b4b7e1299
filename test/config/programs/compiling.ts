/** Run by `compile-cache.test.ts`: `compiling.ts CACHE FILE` imports FILE, keeps what was compiled, and is killed. */
import { pathToFileURL } from 'node:url';
import { keepCompiled, useCompileCache } from '../../../config/compile-cache.ts';

const [folder = '', file = ''] = process.argv.slice(2);
useCompileCache(folder);
await import(pathToFileURL(file).href);
keepCompiled();
process.kill(process.pid, 'SIGKILL');
