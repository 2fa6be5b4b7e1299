/** After the start: shows positions as they change, tells what closed, and lets the demo trader trade. */
import { accountConfig } from '../../../config/account.ts';
import type { HoldfastConfig } from '../../../config/config.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { TradeRow } from '../../../journal/journal.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import { createVenueControl } from '../../../venue/control/client.ts';
import type { MarketView } from '../../../venue/control/types.ts';
import { parseSymbol } from '../../../config/symbol.ts';
import { createDemoTrader, type DemoTrader } from '../../demo-trader.ts';
import { HoldfastError } from '../../errors.ts';
import type { Context, Session } from '../context.ts';
import type { Live } from '../live.ts';
import { orDash, profit } from '../render/format.ts';
import type { PartName } from './parts.ts';
import { statusLines, statusScreen } from './status.ts';

export type Showing = {
  context: Context;
  config: HoldfastConfig;
  demo: boolean;
  withVenue: boolean;
  session: Session;
  states: ReadonlyMap<PartName, SupervisedState>;
  live: Live;
};

const INTERVAL_MS = 500;
/** More trades than end within one interval. */
const RECENT_TRADES = 50;
/** How long a trade's figures may be missing before it is told without them. */
const FIGURES_WAIT_MS = 15_000;

export async function keepShowing(showing: Showing): Promise<void> {
  const { context, config, session, states, live } = showing;
  const told = await createTeller(showing);
  const demo = showing.demo ? demoAccount(config) : undefined;
  const trader = createDemoTrader();
  do {
    const [views, markets] = await Promise.all([session.holdfast.positions(), readMarkets(showing)]);
    const prices = new Map(
      markets.map(({ symbol, lastPrice }): [Symbol, Decimal] => [unified(symbol), lastPrice]),
    );
    live.show(statusScreen(views, prices, states, context), statusLines(views, context.colors));
    await told();
    if (demo !== undefined && states.get('worker')?.stage === 'running')
      void trade(showing, demo, trader, views, markets);
  } while (await context.pause(INTERVAL_MS));
}

/** While the venue restarts there are no prices, and nothing else is missing. */
async function readMarkets({ config, withVenue }: Showing): Promise<MarketView[]> {
  if (!withVenue) return [];
  return createVenueControl(`http://127.0.0.1:${config.venue.controlPort}`)
    .markets()
    .catch(() => []);
}

const unified = (symbol: string): Symbol => parseSymbol(symbol) ?? symbol;

/** The first account that trades on this copy's own venue: the demo trader goes nowhere else. */
const demoAccount = (config: HoldfastConfig): string | undefined =>
  Object.keys(config.accounts).find((name) => accountConfig(config, name).onLocalVenue);

async function trade(
  { session, context, live }: Showing,
  account: string,
  trader: DemoTrader,
  views: readonly PositionView[],
  markets: readonly MarketView[],
): Promise<void> {
  const own = views.filter((view) => view.account === account);
  const known = markets.map(({ symbol, lastPrice, lotSize, minQuantity }) => ({
    symbol: unified(symbol),
    price: lastPrice,
    lotSize,
    minQuantity,
  }));
  const request = trader.next(own, known, context.now());
  if (request === undefined) return;
  const words = `${request.side} ${request.quantity} ${request.symbol}`;
  try {
    await session.holdfast.openPosition(account, request);
  } catch (error) {
    trader.refused(request.symbol, context.now());
    if (error instanceof HoldfastError && !context.stopping.aborted)
      live.print(context.colors.dim(`demo: ${words} was not opened: ${error.message}`));
  }
}

/** Tells each trade that ends from now on once, with its figures as soon as they are known. */
async function createTeller({ session, context, live }: Showing): Promise<() => Promise<void>> {
  const key = ({ account, symbol, leg, epoch }: TradeRow) => `${account} ${symbol} ${leg} ${epoch}`;
  const recent = () => session.holdfast.trades({ limit: RECENT_TRADES });
  const done = new Set((await recent()).map(key));
  const waitingSinceMs = new Map<string, number>();
  return async () => {
    for (const row of (await recent()).toReversed()) {
      if (done.has(key(row))) continue;
      const sinceMs = waitingSinceMs.get(key(row)) ?? context.now();
      waitingSinceMs.set(key(row), sinceMs);
      if (row.netPnl === null && context.now() - sinceMs < FIGURES_WAIT_MS) continue;
      done.add(key(row));
      waitingSinceMs.delete(key(row));
      live.print(endText(row, context));
    }
  };
}

function endText(
  { symbol, side, quantity, entryPrice, closePrice, netPnl, exitReason, exitAt }: TradeRow,
  { colors }: Context,
): string {
  const clock = exitAt === null ? '' : `${new Date(exitAt).toTimeString().slice(0, 8)}  `;
  if (exitReason === 'NEVER_OPENED') return `${clock}${symbol} ${side} was never opened`;
  return `${clock}${colors.bold(symbol)} ${side} ${quantity}: ${exitReason}, ${orDash(entryPrice)} to ${orDash(closePrice)}, net ${profit(netPnl, colors)}`;
}
