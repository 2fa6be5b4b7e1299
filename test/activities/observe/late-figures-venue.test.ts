/** A trade that ended without its figures is completed from a real venue, through a real gateway and journal. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepCompleting } from '../../../activities/observe/late-figures.ts';
import { createTally } from '../../../activities/observe/tally.ts';
import type { OrderSide } from '../../../domain/terms.ts';
import { tradeRow } from '../../../domain/position/trade.ts';
import { createExchange } from '../../../exchanges/create.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { openSqliteJournal } from '../../../journal/sqlite.ts';
import { startVenue } from '../../../venue/venue.ts';
import { aPublication } from '../../journal/records.ts';
import { GATEWAY_BEHIND_MS } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { PositionDriver } from '../../support/position-driver.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const KEYS = { apiKey: 'late-key', secret: 'late-secret' };
const BTC = 'BTC/USDT:USDT';

async function setUp(name: 'bingx' | 'bybit') {
  const folder = temporaryFolder();
  const venue = await startVenue({
    data: join(folder, 'venue'),
    feed: 'still',
    accounts: [{ name: 'paper', ...KEYS, hedgeMode: false }],
    settings: { positionLagMs: 0, rateLimits: false },
  });
  await venue.control.setPrice({ symbol: 'BTC-USDT', last: '50000' });
  const mode = 'paper';
  const exchange = await createExchange({
    account: 'paper',
    exchange: name,
    mode,
    endpoint: venue.url,
    ...KEYS,
  });
  const journal = openSqliteJournal({ file: join(folder, 'journal.db') });
  onTestFinished(async () => {
    await exchange.close();
    await journal.close();
    await venue.stop();
  });
  return { venue, exchange, journal };
}

/** At market; answers with the order as the exchange knows it. */
async function trade(exchange: Exchange, side: OrderSide, clientOrderId: string) {
  const leg = { symbol: BTC, leg: 'net', side } as const;
  const order = {
    ...leg,
    clientOrderId,
    kind: 'market',
    quantity: '0.05',
    reduceOnly: side === 'sell',
  } as const;
  const placed = await exchange.placeOrder(order);
  if (placed.outcome !== 'accepted') throw new Error(JSON.stringify(placed));
  const { orderId } = placed;
  const found = await exchange.findOrder({ symbol: BTC, orderId });
  const price = found.found === 'one' ? found.order.averagePrice : undefined;
  return { orderId, filled: '0.05', ...(price !== undefined && { price }) };
}

it.each(['bingx', 'bybit'] as const)('from %s', async (name) => {
  const { venue, exchange, journal } = await setUp(name);
  const position = new PositionDriver({
    exchange: name,
    positionIds: name === 'bingx',
    stopLoss: null,
    takeProfit: null,
  });
  position.now = Date.now() + GATEWAY_BEHIND_MS;
  const [entry] = position.intents('entry');
  position.accept('entry', await trade(exchange, 'buy', entry?.request.clientOrderId ?? ''));
  await eventually(async () => expect((await exchange.snapshot()).positions).toHaveLength(1));
  const [held] = (await exchange.snapshot()).positions;
  if (held) position.observe({ position: held });
  await venue.control.setPrice({ symbol: 'BTC-USDT', last: '50100' });
  position.command({ type: 'close', request: {} });
  const [close] = position.intents('close');
  position.accept('close', await trade(exchange, 'sell', close?.request.clientOrderId ?? ''));
  const row = tradeRow(position.state);
  expect(row).toMatchObject({ figuresSource: 'fills', netPnl: null });
  const events = position.applied.map(({ event: { type, ...data }, nowMs }, index) => ({
    ...{ account: row.account, symbol: row.symbol, leg: row.leg, epoch: row.epoch },
    ...{ sequence: index + 1, type, atMs: nowMs, data },
  }));
  await journal.publish(aPublication(1, { key: row, events, view: null }));
  await journal.writeTrade(row);
  // By now its workflow has ended; only then the exchange tells.
  const asked = { symbol: BTC, sinceMs: Date.now() - 60_000 };
  await eventually(async () => expect(await exchange.closedPositions(asked)).toHaveLength(1));

  const over = new AbortController();
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const clock = { now: Date.now };
  const tally = createTally({ account: 'paper', clock, log, metrics: undefined });
  const kept = keepCompleting({ exchange, journal, clock, log, tally, over: over.signal, figuresMs: 100 });
  await eventually(async () =>
    expect(await journal.trade(row)).toMatchObject({ figuresSource: 'exchange', exitReason: 'USER_CLOSE' }),
  );
  over.abort();
  await kept;
  const [history] = (await venue.control.books('paper')).positionHistory;
  expect(await journal.trades()).toHaveLength(1);
  expect(Number((await journal.trade(row))?.netPnl)).toBeCloseTo(Number(history?.netPnl), 4);
  expect(tally.errors()).toBe(0);
});
