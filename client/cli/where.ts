/** The options that every command takes: which copy of Holdfast is meant. */
import type { Command } from 'commander';
import type { ConfigFlags } from '../../config/layers.ts';

export type Where = ConfigFlags & { config?: string };

/** Adds them to a command; `up` shows more of them. */
export function addWhere(command: Command): Command {
  return command
    .optionsGroup('Which copy:')
    .option('--config <file>', 'configuration file (default: holdfast.yaml, if there is one)')
    .option('--data <dir>', 'data folder; a copy that runs there is found on any port')
    .option('--temporal <address>', 'Temporal server, host:port')
    .option('--namespace <name>', 'Temporal namespace')
    .option('--control-port <port>', "the venue's control port");
}

/** Runs a command's work on a session that is always closed again. */
export async function withSession<S extends { close(): Promise<void> }, T>(
  opening: Promise<S>,
  work: (session: S) => Promise<T>,
): Promise<T> {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
