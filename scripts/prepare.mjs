/**
 * Brings in what is missing before something runs: packages, then tools.
 * `node scripts/prepare.mjs [--none | what provision.mjs takes...]`; silent when all is there.
 */
import './node-version.mjs';
import { installPackages } from './install.mjs';
import { provision } from './provision.mjs';

const choices = process.argv.slice(2).filter((arg) => arg !== '--none');
try {
  await installPackages();
  const { missing } = await provision(choices);
  // Not the end: a configuration may name a server elsewhere, and whoever does need the tool says so.
  for (const reason of missing) console.error(`  missing: ${reason}`);
} catch (error) {
  console.error(`Holdfast cannot start: ${error.message}`);
  process.exitCode = 1;
}
