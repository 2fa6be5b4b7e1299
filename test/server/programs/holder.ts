/** Holds a data folder until it is killed. */
import { lockDataDir } from '../../../server/data-dir.ts';

const [dir = '', purpose = ''] = process.argv.slice(2);
lockDataDir(dir, purpose, 'holdfast test');
process.stdout.write('held\n');
setInterval(() => {}, 60_000);
