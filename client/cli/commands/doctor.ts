/** `holdfast doctor`: what works and what does not, with the remedy. */
import type { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import { report } from '../doctor/render.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { liveBanner, modesOf } from '../render/format.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Where & { json?: boolean };

export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('Examine this installation and every account; exit code 6 if something is wrong')
    .option('--json', 'as JSON');
  addWhere(command).action(async (options: Options) => {
    const config = context.config(options);
    const findings = await examine(config);
    const lines = [...liveBanner(modesOf(config), context.colors), ...report(findings, context)];
    context.out(options.json ? JSON.stringify(findings, null, 2) : lines.join('\n'));
    if (findings.some(({ state }) => state === 'wrong')) context.exitCode = EXIT.found;
  });
}
