/**
 * An older bot is stopped, with a position open and another one closed that it never wrote down; its records
 * are migrated on every exchange. The venue's own order log tells that a stop rested at every moment.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MigrationReport } from '../../client/cli/migrate/report.ts';
import { accountConfig } from '../../config/account.ts';
import { connection } from '../../config/connection.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { createExchange } from '../../exchanges/create.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { OrderRow } from '../../venue/control/types.ts';
import { restsAt } from '../support/agreement.ts';
import { runCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { startProcesses, type Processes } from '../support/processes.ts';
import { accountOn, legOn, TRIED, type TriedExchange } from './wire-of.ts';

const BTC = 'BTC/USDT:USDT';
const ETH = 'ETH/USDT:USDT';
const TAKEN_WITHIN_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
let processes: Processes;

beforeAll(async () => {
  processes = await startProcesses({
    folder,
    accounts: TRIED.map((exchange) => accountOn(exchange, exchange)),
    account: { adoption: { policy: 'ignore' } },
  });
});
afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

type Orders = { entry: string; stop: string; lostEntry: string; openedAtMs: number };

/** What the old bot did: a long with a stop and a target that rest, and a trade that is over. */
async function oldBot(name: TriedExchange, gateway: Exchange): Promise<Orders> {
  const leg = legOn(name);
  const place = async (change: Partial<OrderRequest> & Pick<OrderRequest, 'clientOrderId'>) => {
    const request: OrderRequest = {
      symbol: BTC,
      leg,
      side: 'sell',
      kind: 'market',
      quantity: '0.05',
      reduceOnly: change.side !== 'buy',
      ...change,
    };
    const placed = await gateway.placeOrder(request);
    if (placed.outcome !== 'accepted') throw new Error(`the venue did not take it: ${placed.reason}`);
    return placed.orderId;
  };
  const openedAtMs = Date.now();
  const entry = await place({ clientOrderId: 'oldbot1', side: 'buy' });
  const stop = await place({
    clientOrderId: 'oldbot2',
    kind: 'stop_market',
    triggerPrice: '60000',
    workingType: 'MARK_PRICE',
  });
  await place({
    clientOrderId: 'oldbot3',
    kind: 'take_profit_market',
    triggerPrice: '70000',
    workingType: 'MARK_PRICE',
  });
  const lostEntry = await place({ clientOrderId: 'oldbot4', symbol: ETH, side: 'buy', quantity: '0.5' });
  await place({ clientOrderId: 'oldbot5', symbol: ETH, quantity: '0.5' });
  return { entry, stop, lostEntry, openedAtMs };
}

function stateFile(
  name: TriedExchange,
  { entry, lostEntry, openedAtMs }: Orders,
  prices: { btc: string; eth: string },
) {
  const entryTime = new Date(openedAtMs).toISOString();
  const common = { side: 'LONG', status: 'OPEN', entry_time: entryTime };
  const trades = [
    {
      ...common,
      order_id: entry,
      symbol: 'BTC-USDT',
      entry_price: Number(prices.btc),
      quantity: 0.05,
      stop_loss: 61000,
    },
    { ...common, order_id: lostEntry, symbol: 'ETHUSDT', entry_price: Number(prices.eth), quantity: 0.5 },
    { ...common, symbol: 'SOL/USDT:USDT', entry_price: 1, quantity: 3 },
    { symbol: 'no symbol', side: 'LONG' },
  ];
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ trades }));
  return file;
}

async function migrate(
  name: string,
  file: string,
  ...flags: string[]
): Promise<{ code: number; report: MigrationReport }> {
  const ran = await runCli(processes.configFile, 'migrate', '--from', file, '-a', name, '--json', ...flags);
  expect(ran.err).toBe('');
  return { code: ran.code, report: JSON.parse(ran.out) };
}

const stepsOf = ({ items }: MigrationReport) =>
  items.map(({ step, symbol, done }) => `${step} ${symbol.split('/')[0]}${done === null ? '' : ` ${done}`}`);

const isStop = ({ symbol, type, stopPrice }: OrderRow): boolean =>
  symbol === 'BTC-USDT' && stopPrice !== null && type.startsWith('STOP');

it.concurrent.each(TRIED)('takes a position over on %s without a moment without cover', async (name) => {
  const { control } = processes.venue;
  const gateway = await createExchange(connection(accountConfig(processes.config, name)));
  const orders = await oldBot(name, gateway);
  await gateway.close();
  const before = await control.books(name);
  const priceOf = (venueSymbol: string) =>
    before.fills.find(({ symbol, closing }) => symbol === venueSymbol && !closing)?.price ?? '';
  const file = stateFile(name, orders, { btc: priceOf('BTC-USDT'), eth: priceOf('ETH-USDT') });

  const dry = await migrate(name, file, '--simulate-only');
  expect({ code: dry.code, steps: stepsOf(dry.report) }).toEqual({
    code: 6,
    steps: ['take_over BTC', 'write_trade ETH', 'not_found SOL'],
  });
  expect(dry.report.unreadable).toMatchObject([{ place: `${name}.json: trades[3]` }]);
  expect((await control.books(name)).orders).toEqual(before.orders);
  expect(await processes.journal.trades({ account: name })).toEqual([]);

  const fromMs = (await control.books(name)).serverTimeMs;
  const executed = await migrate(name, file, '--execute');
  expect(stepsOf(executed.report)).toEqual(['take_over BTC true', 'write_trade ETH true', 'not_found SOL']);
  expect(executed.report.uncovered).toEqual([]);
  const workflowId = executed.report.items[0]?.workflowId ?? '';
  await eventually(async () => {
    const { position } = await processes.holdfast.show({ workflowId });
    expect(position).toMatchObject({
      adopted: true,
      policy: 'manage',
      covered: true,
      quantity: '0.05',
      entryOrderId: orders.entry,
      tranches: [
        { stopLoss: { price: '61000', state: 'live' }, takeProfit: { price: '70000', state: 'live' } },
      ],
    });
    const stops = (await control.books(name)).orders.filter(isStop).filter(({ state }) => state === 'new');
    expect(stops).toMatchObject([{ stopPrice: '61000', quantity: '0.05' }]);
  }, TAKEN_WITHIN_MS);

  const { orders: log, serverTimeMs: untilMs } = await control.books(name);
  const stops = log.filter(isStop);
  const moments = [
    fromMs,
    untilMs,
    ...stops.flatMap(({ createdAtMs, updatedAtMs }) => [createdAtMs, updatedAtMs]),
  ];
  for (const atMs of moments.filter((each) => each >= fromMs)) {
    const resting = stops.filter((stop) => restsAt(stop, atMs));
    expect(resting.length, `a stop rests at ${atMs}`).toBeGreaterThan(0);
  }
  expect(await processes.journal.trades({ account: name })).toMatchObject([
    {
      symbol: ETH,
      entryOrderId: orders.lostEntry,
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      quantity: '0.5',
    },
  ]);

  const again = await migrate(name, file, '--execute');
  expect(stepsOf(again.report)).toEqual(['kept BTC', 'written ETH', 'not_found SOL']);
  expect(await processes.journal.trades({ account: name })).toHaveLength(1);
});
