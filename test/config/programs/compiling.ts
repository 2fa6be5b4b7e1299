/** Run by `compile-cache.test.ts`: `compiling.ts CACHE FILE` imports FILE, keeps what was compiled, and is killed. */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { keepCompiled, useCompileCache } from '../../../config/compile-cache.ts';

const [folder = '', file = ''] = process.argv.slice(2);
useCompileCache(folder);
await import(pathToFileURL(file).href);
keepCompiled();
// By another process: before it kills itself, Node puts its affairs in order.
execFileSync('kill', ['-9', String(process.pid)]);
