/** `holdfast config [check]`: what holds after file, variables and flags. Secrets are not part of it. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { problemText } from '../../../config/errors.ts';
import { configJsonSchema } from '../../../config/json-schema.ts';
import { redact } from '../../../config/redact.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { addConfigCheck } from './config-check.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Where & { json?: boolean; schema?: boolean };

export function addConfig(program: Command, context: Context): void {
  const command = program
    .command('config')
    .description('Show the configuration that holds, without secrets')
    .option('--schema', "the file's JSON schema, for editors")
    .option('--json', 'as JSON');
  addWhere(command).action((options: Options) => {
    if (options.schema) return context.out(JSON.stringify(configJsonSchema(), null, 2));
    const config = context.config(options);
    const shown = redact(config);
    context.out(options.json ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd());
    // The other accounts work without it; here is where its mistakes are looked for.
    const problems = Object.values(config.unusable).flatMap((account) => account.problems);
    for (const problem of problems) context.err(`${context.colors.red('error')} ${problemText(problem)}`);
    if (problems.length > 0) context.exitCode = EXIT.usage;
  });
  addConfigCheck(command, context);
}
