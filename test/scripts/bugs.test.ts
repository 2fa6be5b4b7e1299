/** The deliberate bugs of `npm run bugs` can still be planted: whoever changes such a line plants its bug anew. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every deliberate bug has its place in the code', () => {
  const script = join(import.meta.dirname, '../../scripts/bugs.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--places'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
