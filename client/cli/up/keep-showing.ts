/** After the start: shows positions as they change, tells what ended, and lets the demo trader trade. */
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HoldfastConfig } from '../../../config/config.ts';
import type { AccountReport } from '../../../config/serving.ts';
import { parseSymbol } from '../../../config/symbol.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Symbol } from '../../../domain/terms.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { SupervisedState } from '../../../server/supervise.ts';
import { createVenueControl } from '../../../venue/control/client.ts';
import type { MarketView } from '../../../venue/control/types.ts';
import { createDemoTrader, type DemoTrader } from '../../demo-trader.ts';
import { HoldfastError } from '../../errors.ts';
import type { Context, Session } from '../context.ts';
import type { Live } from '../live.ts';
import { reportsOf } from '../not-served.ts';
import { registerPaperAccounts } from './paper-accounts.ts';
import type { PartName } from './parts.ts';
import { statusLines, statusScreen } from './status.ts';
import { createTeller } from './tell-ends.ts';

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
/** A venue that hangs costs the prices on the screen, not the screen. */
const MARKETS_WITHIN_MS = 1_000;

export async function keepShowing(showing: Showing): Promise<void> {
  const { context, session, live } = showing;
  const tell = await createTeller(
    session.holdfast,
    context.now,
    Object.keys(showing.config.accounts).length > 1,
  );
  const traders = showing.demo ? demoTraders(showing.config) : NO_TRADERS;
  let trouble = '';
  do {
    try {
      await showOnce(showing, traders);
      for (const text of await tell(context.colors)) live.print(text);
      trouble = '';
    } catch (error) {
      // Whatever a look at the journal meets now may be over at the next one; the processes run on.
      const text = error instanceof Error ? error.message : String(error);
      if (text !== trouble) live.print(context.colors.yellow(text));
      trouble = text;
    }
  } while (await context.pause(INTERVAL_MS));
}

type Traders = ReadonlyMap<string, DemoTrader>;

const NO_TRADERS: Traders = new Map();

/** One for each account on this copy's own venue: a demo trader goes nowhere else. */
const demoTraders = (config: HoldfastConfig): Traders =>
  new Map(
    Object.values(config.accounts)
      .filter(({ onLocalVenue }) => onLocalVenue)
      .map(({ name, positionMode }, turn) => [
        name,
        createDemoTrader({ leaveAlone: fedSymbol(config), positionMode, turn }),
      ]),
  );

async function showOnce(showing: Showing, traders: Traders): Promise<void> {
  const { context, config, session, states, live } = showing;
  const [views, markets] = await Promise.all([session.holdfast.positions(), readMarkets(showing)]);
  const prices = new Map(
    markets.map(({ symbol, lastPrice }): [Symbol, Decimal] => [unified(symbol), lastPrice]),
  );
  const accounts = Object.values(config.accounts);
  const reports = reportsOf(config, context.now());
  const facts = { accounts, reports, views, prices, parts: states };
  live.show(statusScreen(facts, context), statusLines(facts, context.colors));
  void registerLate(showing, reports);
  if (states.get('worker')?.stage !== 'running') return;
  // An entry waits for the worker's answer; the screen does not wait for it.
  for (const [account, trader] of traders)
    if (reports.get(account)?.status.state === 'serving')
      void trade(showing, { account, trader }, views, markets);
}

/** Keys that a paper account got only now: its venue has not heard of them. */
async function registerLate(
  { config, withVenue }: Showing,
  reports: ReadonlyMap<string, AccountReport>,
): Promise<void> {
  const waits = Object.values(config.accounts).some(
    ({ name, onLocalVenue }) => onLocalVenue && reports.get(name)?.status.state === 'not_served',
  );
  // Whatever is wrong with it now shows on the screen, and it is tried again at the next look.
  if (withVenue && waits) await registerPaperAccounts(config).catch(() => undefined);
}

/** The symbol that a file of prices drives, as the venue tells it by the file's name: people want to trade it. */
function fedSymbol({ venue: { candles, trades } }: HoldfastConfig): Symbol | undefined {
  const name = basename(candles ?? trades ?? '').toUpperCase();
  const base = /[A-Z]{3,}/.exec(name)?.[0];
  return base === undefined ? undefined : parseSymbol(base);
}

/** While the venue restarts there are no prices, and nothing else is missing. */
async function readMarkets({ config, withVenue }: Showing): Promise<MarketView[]> {
  if (!withVenue) return [];
  const control = createVenueControl(`http://127.0.0.1:${config.venue.controlPort}`);
  return Promise.race([control.markets().catch(() => []), delay(MARKETS_WITHIN_MS, [], { ref: false })]);
}

const unified = (symbol: string): Symbol => parseSymbol(symbol) ?? symbol;

async function trade(
  showing: Showing,
  { account, trader }: { account: string; trader: DemoTrader },
  views: readonly PositionView[],
  markets: readonly MarketView[],
): Promise<void> {
  const { session, context, live } = showing;
  const own = views.filter((view) => view.account === account);
  const known = markets.map(({ symbol, lastPrice, lotSize, minQuantity }) => ({
    symbol: unified(symbol),
    price: lastPrice,
    lotSize,
    minQuantity,
  }));
  const request = trader.next(own, known, context.now());
  if (request === undefined) return;
  try {
    await session.holdfast.openPosition(account, request);
  } catch (error) {
    trader.refused(request, context.now());
    if (!(error instanceof HoldfastError) || context.stopping.aborted) return;
    live.print(
      context.colors.dim(
        `demo on ${account}: ${request.side} ${request.quantity} ${request.symbol} was not opened: ${error.message}`,
      ),
    );
  }
}
