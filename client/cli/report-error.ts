/** An error as a person should see it, and the exit code that goes with it. */
import { CommanderError, InvalidArgumentError } from 'commander';
import { UnknownAccountError } from '../../config/account.ts';
import { ConfigError } from '../../config/errors.ts';
import { DataDirInUseError } from '../../server/data-dir.ts';
import { HoldfastError } from '../errors.ts';
import type { Context } from './context.ts';
import { PartFailedError } from './up/start-parts.ts';
import { EXIT, EXIT_OF } from './exit-codes.ts';

/** Writes the error, and gives the exit code. Only what nobody expected shows a stack. */
export function reportError(error: unknown, context: Pick<Context, 'err' | 'colors'>): number {
  const { err, colors } = context;
  const write = (text: string) => err(`${colors.red('error')} ${text}`);
  const say = (text: string) => write(sentence(text));
  // Help and version end this way too, with code 0; commander has written its own text already.
  if (error instanceof CommanderError && !(error instanceof InvalidArgumentError))
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) {
    for (const line of error.message.split('\n')) write(line);
    return EXIT.usage;
  }
  if (error instanceof InvalidArgumentError || error instanceof UnknownAccountError) {
    say(error.message);
    return EXIT.usage;
  }
  if (error instanceof PartFailedError) {
    say(error.message);
    return EXIT.unexpected;
  }
  if (error instanceof DataDirInUseError) {
    say(error.message);
    return EXIT.refused;
  }
  if (error instanceof HoldfastError && error.code !== 'unexpected') {
    say(error.message);
    for (const { text } of error.reasons) if (!error.message.includes(text)) err(`  ${text}`);
    return EXIT_OF[error.code];
  }
  say(error instanceof Error ? error.message : String(error));
  const stack = error instanceof Error ? stackOf(error) : undefined;
  if (stack) err(colors.dim(stack));
  return EXIT.unexpected;
}

function stackOf(error: Error): string | undefined {
  const source = error instanceof HoldfastError && error.cause instanceof Error ? error.cause : error;
  return source.stack?.split('\n').slice(1, 6).join('\n');
}

/** Refusals come as phrases from deep inside; a person reads sentences. */
const sentence = (text: string): string => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!:)\n]$/.test(whole) || whole.includes('\n') ? whole : `${whole}.`;
};
