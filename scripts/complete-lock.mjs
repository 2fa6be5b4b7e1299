/**
 * `node scripts/complete-lock.mjs`: adds to package-lock.json the packages for other systems that npm
 * left out. Where a registry does not have all of them (a mirror, a quarantine for new releases) npm
 * skips them without a word, and `npm ci` then refuses the lock file on every machine. They are
 * optional and pinned to one version by the package that wants them, so nothing has to be asked.
 */
import './node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_DIR } from './provision/toolbox.mjs';

/** Words in the name of a package for one system, as npm's `os`, `cpu` and `libc` spell them. */
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** @returns the lock file's content with the missing entries, and their names */
export function completeLock(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const path = `node_modules/${name}`;
      // Ranges are for npm to resolve; packages for one system are pinned exactly.
      if (packages[path] !== undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
      packages[path] = { version, ...systemOf(name), ...(dev && { dev }), optional: true };
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added };
}

function systemOf(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = words.flatMap((word) => LIBRARIES[word] ?? []);
  const isSet = (list) => list.length > 0;
  return { ...(isSet(cpu) && { cpu }), ...(isSet(libc) && { libc }), ...(isSet(os) && { os }) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = join(PROJECT_DIR, 'package-lock.json');
  const { lock, added } = completeLock(JSON.parse(readFileSync(file, 'utf8')));
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    added.length === 0 ? 'The lock file is complete.' : `Added ${added.length}:\n${added.join('\n')}`,
  );
}
