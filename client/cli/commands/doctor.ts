/** `holdfast doctor`: what works and what does not, with the remedy. */
import type { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { liveBanner, modesOf } from '../render/format.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Where & { json?: boolean };

const LABEL_WIDTH = 22;

export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('Examine this installation; exit code 6 if something is wrong')
    .option('--json', 'as JSON');
  addWhere(command).action(async (options: Options) => {
    const config = context.config(options);
    const findings = await examine(config);
    const lines = [
      ...liveBanner(modesOf(config), context.colors),
      ...findings.map((finding) => line(finding, context)),
    ];
    context.out(options.json ? JSON.stringify(findings, null, 2) : lines.join('\n'));
    if (findings.some(({ state }) => state === 'wrong')) context.exitCode = EXIT.found;
  });
}

function line({ what, state, text, remedy }: Finding, { colors }: Context): string {
  const mark = { ok: colors.green('ok   '), note: colors.yellow('note '), wrong: colors.red('wrong') }[state];
  const advice = remedy === undefined ? '' : `\n${' '.repeat(LABEL_WIDTH + 8)}${colors.dim(remedy)}`;
  return `${mark} ${what.padEnd(LABEL_WIDTH)}  ${text}${advice}`;
}
