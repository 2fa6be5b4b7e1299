/**
 * Gets what Holdfast runs beside Node: `node scripts/provision.mjs [what...] [--json]`.
 * Without a choice: the Temporal CLI and the time-skipping test server. `--cli`, `--test-server`,
 * `--production` (server and schema tool), `--postgres`, `--browser`, `--all` choose. Plain
 * JavaScript without dependencies, so that it runs before anything is installed.
 * Exit codes: 0 all there, 1 something is missing, 2 an unknown option.
 */
import { pathToFileURL } from 'node:url';
import { provisionBrowser, provisionPostgres } from './provision/debian.mjs';
import { provisionSqlTool, provisionTemporalServer } from './provision/production-server.mjs';
import { provisionTemporalCli } from './provision/temporal-cli.mjs';
import { provisionTestServer } from './provision/test-server.mjs';
import { openToolbox } from './provision/toolbox.mjs';

const STEPS = {
  '--cli': [provisionTemporalCli],
  '--test-server': [provisionTestServer],
  '--production': [provisionTemporalServer, provisionSqlTool],
  '--postgres': [provisionPostgres],
  '--browser': [provisionBrowser],
};
const DEFAULT = ['--cli', '--test-server'];

/**
 * Runs the chosen steps one after the other (two Go builds at once only slow each other down).
 * @param choices keys of STEPS
 * @returns `{ tools, missing }`: the record of each tool, and the reasons of those that failed
 */
export async function provision(choices) {
  const toolbox = openToolbox();
  const missing = [];
  for (const step of choices.flatMap((choice) => STEPS[choice])) {
    const found = await step(toolbox);
    if (found.reason !== undefined) missing.push(found.reason);
    toolbox.save();
  }
  return { tools: toolbox.tools, missing };
}

async function main(args) {
  const wantsJson = args.includes('--json');
  const asked = args.filter((arg) => arg !== '--json');
  const unknown = asked.find((arg) => arg !== '--all' && STEPS[arg] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(`Unknown option ${unknown}. Known: ${Object.keys(STEPS).join(' ')} --all --json\n`);
    return 2;
  }
  const choices = asked.includes('--all') ? Object.keys(STEPS) : asked.length === 0 ? DEFAULT : asked;
  const { tools, missing } = await provision(choices);
  if (wantsJson) process.stdout.write(`${JSON.stringify(tools, null, 2)}\n`);
  for (const reason of missing) process.stderr.write(`missing: ${reason}\n`);
  return missing.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await main(process.argv.slice(2));
