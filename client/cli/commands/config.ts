/** `holdfast config`: what holds after file, variables and flags. Secrets are not part of it. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { configJsonSchema } from '../../../config/json-schema.ts';
import { redact } from '../../../config/redact.ts';
import type { Context } from '../context.ts';
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
    const shown = redact(context.config(options));
    context.out(options.json ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd());
  });
}
