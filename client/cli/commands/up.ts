/** `holdfast up`: runs everything, in one terminal. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { runUp } from '../up/run-up.ts';
import { addWhere, type Where } from '../where.ts';

type Options = Omit<Where, 'demo'> & { demo?: string | false };

export function addUp(program: Command, context: Context): void {
  const command = program
    .command('up')
    .description('Run Temporal, the venue and a worker, and keep them running')
    .option('--candles <file>', 'drive the venue by candles, .csv or .csv.gz')
    .option('--trades <file>', 'drive the venue by trades')
    .option('--speed <times>', 'of the feed, times real time, or max (default: 60 for candles, else 1)')
    .option('--seed <number>', 'of the random walk that drives the venue otherwise')
    .option('--demo <accounts>', 'paper accounts: paper, bingx, bybit (hedge mode), binance, or all three')
    .option('--no-demo', 'open no demo positions')
    .optionsGroup('Which copy:')
    .option('--ports <base>', 'first of five ports: Temporal, Web UI, venue, control, health (default: 7833)')
    .option('--temporal-port <port>', 'of the embedded Temporal server')
    .option('--ui-port <port>', 'of the Temporal Web UI')
    .option('--venue-port <port>', 'of the venue')
    .option('--health-port <port>', 'of the health and metrics of the worker, 0: any');
  addWhere(command).action(({ demo, ...where }: Options) =>
    runUp({
      context,
      config: context.ownConfig({ ...where, ...(typeof demo === 'string' && { demo }) }),
      demo: demo !== false,
    }),
  );
}
