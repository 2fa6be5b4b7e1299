/**
 * One life on a Temporal server that runs already, by the commands of docs/cli.md word for word: first
 * all of it by the stock `temporal` program, then all of it by `holdfast`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { positionWorkflowId } from '../../contract/ids.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { pathOf, temporalCli } from '../support/tools.ts';

const PROJECT = join(import.meta.dirname, '../..');
const LTC: Life = { account: 'paper', symbol: 'LTC/USDT:USDT', leg: 'net' };

/** The table's right column by its left one. */
const documented = new Map(
  [
    ...readFileSync(join(PROJECT, 'docs/cli.md'), 'utf8').matchAll(
      /^\| (.+?) \| `(temporal workflow .+)` \|$/gm,
    ),
  ].map(([, left = '', right = '']) => [left, right] as const),
);

type Result = { code: number; out: string; err: string };

it('a life by the stock temporal program, as documented', async () => {
  const folder = temporaryFolder();
  const processes = await startProcesses({ folder, accounts: ['paper'] });
  try {
    const stock = stockShell(processes, folder);
    expect(await stock('`open ltc long 2 --sl 1% --tp 2%`')).toMatchObject({ code: 0 });
    const opened = await untilProtected(processes, LTC);
    expect(opened).toMatchObject({ quantity: '2', side: 'long', entryPrice: '85' });

    const shown = await stock('`show ltc --json`');
    expect(shown.out).toContain(opened.entryOrderId);
    expect((await stock('`positions`')).out).toContain('position/paper/LTC/USDT:USDT/net');
    expect((await stock('positions without cover')).out).toMatch(/Total: 0/);

    expect(await stock('`set ltc --sl 84 --tp none`')).toMatchObject({ code: 0 });
    await expectProtection(processes, '84', null);
    expect(await stock('the same, unanswered')).toMatchObject({ code: 0 });

    await tranchesAndExits(processes, stock);
    expect(await stock('`close ltc --quantity 1`')).toMatchObject({ code: 0 });
    await expectQuantity(processes, '2');

    expect((await stock('`pause --reason maintenance`')).code).toBe(0);
    const refused = await stock('`open ltc long 2 --sl 1% --tp 2%`');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('maintenance');
    expect((await stock('limits and legs of an account')).out).toContain('maintenance');
    expect((await stock('`resume`')).code).toBe(0);

    const result = stock('wait for the end');
    expect((await stock('`close ltc`, unanswered')).code).toBe(0);
    expect((await result).out).toContain('USER_CLOSE');
    await untilOver(processes, [LTC]);
    await expectAgreement(processes, LTC, { orders: 1, quantity: '1' });
  } finally {
    await processes.close();
  }
});

it('the same life by holdfast, as documented', async () => {
  const processes = await startProcesses({ folder: temporaryFolder(), accounts: ['paper'] });
  try {
    const holdfast = (command: string): Promise<Result> =>
      shell(`'${join(PROJECT, 'bin/holdfast')}' ${command}`, { HOLDFAST_CONFIG: processes.configFile });
    const commands = [...documented.keys()]
      .filter((left) => left.startsWith('`'))
      .map((left) => left.split('`')[1] ?? '');
    expect(commands.length).toBeGreaterThanOrEqual(8);
    const [open = '', ...others] = commands;
    expect(await holdfast(open)).toMatchObject({ code: 0 });
    await untilProtected(processes, LTC);
    for (const command of others.filter((each) => each !== 'close ltc')) {
      expect(await holdfast(command), command).toMatchObject({ code: 0 });
      if (command.startsWith('tranche add')) await expectQuantity(processes, '3');
    }
    await expectProtection(processes, '84', null);
    await expectQuantity(processes, '2');
    expect(await holdfast('close ltc')).toMatchObject({ code: 0 });
    await untilOver(processes, [LTC]);
    expect((await holdfast('journal')).out).toContain('LTC');
    await expectAgreement(processes, LTC, { orders: 1, quantity: '1' });
  } finally {
    await processes.close();
  }
});

/** Adds one to the two that are open, and leaves three in one tranche with its stop at 84. */
async function tranchesAndExits(
  processes: Processes,
  stock: (left: string) => Promise<Result>,
): Promise<void> {
  expect(await stock('`tranche add ltc 1 --sl 83`')).toMatchObject({ code: 0 });
  await expectQuantity(processes, '3');
  const moving = await stock('`set ltc --trail 1% --trail-from 5% --time-exit 90m`');
  expect(moving).toMatchObject({ code: 0, out: expect.stringContaining('following:false') });
  expect(await stock('`tranche merge ltc`')).toMatchObject({ code: 0 });
  await expectProtection(processes, '84', null);
  const targets = await stock('several targets for one tranche');
  expect(targets).toMatchObject({ code: 0, out: expect.stringContaining('share:60') });
  const resting = await stock('`close ltc --quantity 1 --limit 95`');
  expect(resting).toMatchObject({ code: 0, out: expect.stringContaining('price:95') });
  const taken = await stock('`cancel-orders ltc --close`');
  expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('restingCloses:[]') });
  expect(await stock('the entry is looked up at once')).toMatchObject({ code: 0 });
}

/** Runs the documented command with `temporal` on the path and the server named once, as the page says. */
function stockShell(processes: Processes, folder: string) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(pathOf(temporalCli()), join(bin, 'temporal'));
  return (left: string): Promise<Result> => {
    const command = documented.get(left);
    if (!command) throw new Error(`docs/cli.md has no line for ${left}`);
    return shell(command, {
      TEMPORAL_ADDRESS: processes.temporal.address,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    });
  };
}

async function shell(command: string, env: Record<string, string>): Promise<Result> {
  const run = promisify(execFile);
  try {
    const { stdout, stderr } = await run('sh', ['-c', command], {
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    // What execFile rejects with where the command ended by itself with another code than 0.
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, out: stdout ?? '', err: stderr ?? '' };
  }
}

/** The command is answered when the order is on its way; the position tells of it when it rests. */
const expectProtection = (processes: Processes, stop: string, target: string | null): Promise<void> =>
  eventually(async () => {
    const { position } = await processes.holdfast.show({ workflowId: positionWorkflowId(LTC) });
    expect(position.tranches).toMatchObject([
      { stopLoss: { price: stop, state: 'live' }, takeProfit: { price: target } },
    ]);
  });

const expectQuantity = (processes: Processes, quantity: string): Promise<void> =>
  eventually(async () => {
    const { position } = await processes.holdfast.show({ workflowId: positionWorkflowId(LTC) });
    expect(position).toMatchObject({ quantity });
  });
