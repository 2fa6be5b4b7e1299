/** `holdfast venue health | books | open | add | reduce | close | flip | liquidate | cancel`. */
import type { Command } from 'commander';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Leg, ManualTrade, OrderRow, VenueHealth } from '../../../venue/control/types.ts';
import { amountArgument, legArgument, sideArgument } from '../arguments.ts';
import type { Context } from '../context.ts';
import { booksText } from '../render/books.ts';
import { act } from './act.ts';
import { venueSymbol } from './symbol.ts';

const ABOUT: Readonly<Record<ManualTrade['action'], string>> = {
  open: 'Open a position by hand, as in the app of the exchange',
  add: 'Add to a position by hand',
  reduce: 'Reduce a position by hand',
  close: 'Close a position by hand',
  flip: 'Turn a position around by hand',
};

type TradeOptions = { account: string; leg: Leg; direction?: 'long' | 'short'; price?: Decimal };

export function addTrades(venue: Command, context: Context): void {
  act(
    context,
    venue.command('health').description('Show the venue'),
    (control) => control.health(),
    healthText,
  );
  const books = venue
    .command('books')
    .description('The true books of an account: no lag, no fault')
    .argument('[account]', 'its name', 'paper');
  act(context, books, (control, account: string) => control.books(account), booksText);
  for (const action of ['open', 'add', 'reduce', 'close', 'flip'] as const) addManual(venue, context, action);
  const liquidate = withLeg(
    venue.command('liquidate').description('Liquidate a leg').argument('<symbol>', 'btc', venueSymbol),
  );
  act(
    context,
    liquidate,
    (control, symbol: string, { account, leg }: TradeOptions) => control.liquidate({ account, symbol, leg }),
    orderText,
  );
  const cancel = venue
    .command('cancel')
    .description('Cancel an order by hand')
    .argument('<orderId>')
    .option('-a, --account <name>', 'whose', 'paper');
  act(
    context,
    cancel,
    (control, orderId: string, { account }: TradeOptions) => control.cancelOrder(account, orderId),
    orderText,
  );
}

function addManual(venue: Command, context: Context, action: ManualTrade['action']): void {
  const command = withLeg(
    venue
      .command(action)
      .description(ABOUT[action])
      .argument('<symbol>', 'btc', venueSymbol)
      .argument('[quantity]', 'in base units', amountArgument),
  )
    .option('--direction <side>', 'long or short: what to open on leg net', sideArgument)
    .option('--price <price>', 'fill exactly there', amountArgument);
  act(
    context,
    command,
    (
      control,
      symbol: string,
      quantity: Decimal | undefined,
      { account, leg, direction, price }: TradeOptions,
    ) =>
      control.trade({
        account,
        symbol,
        leg,
        action,
        ...(quantity !== undefined && { quantity }),
        ...(direction !== undefined && { direction }),
        ...(price !== undefined && { price }),
      }),
    (orders) => orders.map(orderText).join('\n'),
  );
}

const withLeg = (command: Command): Command =>
  command
    .option('-a, --account <name>', 'whose', 'paper')
    .option('--leg <leg>', 'net, long or short', legArgument, 'net');

const orderText = ({ symbol, side, filledQuantity, averagePrice, state, orderId }: OrderRow): string =>
  `${symbol} ${side} ${filledQuantity}${averagePrice === null ? '' : ` @ ${averagePrice}`}, ${state}, order ${orderId}`;

function healthText({ pid, port, controlPort, feed, accounts, symbols, sockets }: VenueHealth): string {
  return [
    `process ${pid}, http://127.0.0.1:${port}, control http://127.0.0.1:${controlPort}`,
    `feed ${feed.kind} ${feed.state}, ${feed.position}${feed.length === undefined ? '' : ` of ${feed.length}`} played, speed ${feed.speed}`,
    `accounts ${accounts.join(', ') || 'none'}; symbols ${symbols.join(', ')}; sockets ${sockets.public} public, ${sockets.private} private`,
  ].join('\n');
}
