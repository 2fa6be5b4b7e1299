/** `holdfast venue prices | price | feed | pause | resume | speed`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Decimal } from '../../../domain/decimal.ts';
import type { FeedStatus, MarketView } from '../../../venue/control/types.ts';
import { amountArgument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';
import { act } from './act.ts';
import { venueSymbol } from './symbol.ts';

export function addPrices(venue: Command, context: Context): void {
  act(
    context,
    venue.command('prices').description('List markets and their prices'),
    (control) => control.markets(),
    marketsText,
  );
  const price = venue
    .command('price')
    .description('Move a price: it trades through every level on its way')
    .argument('<symbol>', 'btc, BTC-USDT', venueSymbol)
    .argument('<price>', 'the new last price', amountArgument)
    .option('--jump', 'leave out every level in between, as in a gap')
    .option('--mark <price>', 'pin the mark price', amountArgument);
  act(
    context,
    price,
    (control, symbol: string, last: Decimal, { jump, mark }: { jump?: boolean; mark?: Decimal }) =>
      control.setPrice({ symbol, last, path: jump ? 'jump' : 'walk', ...(mark !== undefined && { mark }) }),
    (market) => `${market.symbol} ${market.lastPrice}, mark ${market.markPrice}`,
  );
  act(
    context,
    venue.command('feed').description('Show the price feed'),
    (control) => control.feed(),
    feedText,
  );
  act(
    context,
    venue.command('pause').description('Stop the price feed'),
    (control) => control.pauseFeed(),
    feedText,
  );
  act(
    context,
    venue.command('resume').description('Let the price feed go on'),
    (control) => control.resumeFeed(),
    feedText,
  );
  const speed = venue
    .command('speed')
    .description('How fast the feed plays')
    .argument('<times>', 'times real time, or max', speedArgument);
  act(context, speed, (control, times: number | 'max') => control.setSpeed(times), feedText);
}

function marketsText(markets: readonly MarketView[], { width, colors }: Context): string {
  return table(
    markets,
    [
      { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
      { head: 'LAST', cell: ({ lastPrice }) => lastPrice, align: 'right', rank: 0 },
      { head: 'MARK', cell: ({ markPrice }) => markPrice, align: 'right', rank: 0 },
      { head: 'TICK', cell: ({ tickSize }) => tickSize, align: 'right', rank: 1 },
      { head: 'LOT', cell: ({ lotSize }) => lotSize, align: 'right', rank: 1 },
      { head: 'MIN QTY', cell: ({ minQuantity }) => minQuantity, align: 'right', rank: 2 },
      { head: 'FUNDING', cell: ({ fundingRate }) => fundingRate, align: 'right', rank: 3 },
    ],
    width,
    colors.dim,
  );
}

function feedText({ kind, state, speed, position, length, marketTimeMs }: FeedStatus): string {
  const progress = length === undefined ? `${position} steps` : `${position} of ${length}`;
  return `${kind} ${state}, ${progress}, speed ${speed}, market time ${new Date(marketTimeMs).toISOString()}`;
}

function speedArgument(text: string): number | 'max' {
  if (text === 'max') return text;
  const speed = Number(text);
  if (speed > 0) return speed;
  throw new InvalidArgumentError(
    `"${text}" is not a speed. Write how many times real time, e.g. 60, or max.`,
  );
}
