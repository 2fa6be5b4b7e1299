/** `holdfast venue`: the simulated exchange by hand. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addFaults } from '../venue-commands/faults.ts';
import { addPrices } from '../venue-commands/prices.ts';
import { addTrades } from '../venue-commands/trades.ts';

export function addVenue(program: Command, context: Context): void {
  const venue = program
    .command('venue')
    .description('The simulated exchange by hand: prices, trades, books, faults');
  addPrices(venue, context);
  addTrades(venue, context);
  addFaults(venue, context);
}
