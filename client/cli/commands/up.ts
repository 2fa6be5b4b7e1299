/** `holdfast up`: runs everything, in one terminal. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addWhere, type Where } from '../where.ts';

export type UpOptions = Where & { demo: boolean };

export function addUp(program: Command, context: Context): void {
  const command = program.command('up').description('Run Temporal, the venue and a worker, and keep them running');
  addWhere(command).action((options: UpOptions) => context.out(JSON.stringify(options)));
}
