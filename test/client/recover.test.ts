/** `holdfast recover` on a real journal file, through real gateways: in front of scripted answers, and of the venue. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeName, PositionMode } from '../../domain/terms.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { Journal } from '../../journal/journal.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { FILLS, HISTORY } from '../exchanges/bingx-rows.ts';
import { withStub } from '../exchanges/bingx-setup.ts';
import { coded, json } from '../exchanges/stub-server.ts';
import { startVenueUnderTest } from '../exchanges/venue-under-test.ts';
import type { ManualTrade } from '../../venue/control/types.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { view } from './views.ts';

const HOUR_MS = 3_600_000;
const ORDER_ID = '1981288264506753024';
const POSITION_ID = '1981288265204482048';

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = temporaryFolder();
  journal = openSqliteJournal({ file: join(folder, 'journal.db') });
});
afterEach(() => journal.close());

/** Runs the command without Temporal. */
async function recover(exchange: Exchange, line = '', name: ExchangeName = 'bingx', trades = journal.trades) {
  const ran = await holdfast(['recover', '--json', ...line.split(' ').filter(Boolean)], {
    exchange,
    journal,
    isDown: true,
    nowMs: Date.now(),
    config: configOf(`accounts: { paper: { exchange: ${name} } }`),
    holdfast: { trades, positions: journal.positions },
  });
  return { ...ran, report: ran.out === '' ? undefined : JSON.parse(ran.out) };
}

describe('the trade that was lost once', () => {
  const setup = withStub({ rateLimits: 'off' });
  const openedAtMs = Date.now() - 30 * HOUR_MS;
  const lost = {
    positionId: POSITION_ID,
    symbol: 'BTC-USDT',
    positionSide: 'LONG',
    openTime: String(openedAtMs),
    updateTime: String(openedAtMs + 6 * HOUR_MS),
    avgPrice: '109206.8',
    avgClosePrice: '109953.4',
    realisedProfit: '60.4746',
    netProfit: '51.6',
    positionAmt: '0.0810',
    closePositionAmt: '0.0810',
    closeAllPositions: true,
    positionCommission: '-8.87460000000000003',
    totalFunding: '0',
  };
  /** Under the order's id, to be taken for it by whoever looks by that. */
  const decoy = {
    ...lost,
    positionId: ORDER_ID,
    avgPrice: '100000',
    netProfit: '-1',
    openTime: String(openedAtMs - 5 * HOUR_MS),
    updateTime: String(openedAtMs - 2 * HOUR_MS),
  };
  const flags = (entryPrice = '109206.8') =>
    `--symbol BTC-USDT --order-id ${ORDER_ID} --entry-price ${entryPrice} --quantity 0.081 --entry-time ${openedAtMs + 2_000}`;

  beforeEach(() => setup.stub.on(HISTORY, json({ positionHistory: [decoy, lost] })));

  it('is shown first, written then, and found no more', async () => {
    const dry = await recover(setup.exchange, flags());
    expect(dry).toMatchObject({ code: 0, report: { executed: false, missing: [{ netPnl: '51.6' }] } });
    expect(await journal.trades()).toEqual([]);

    const executed = await recover(setup.exchange, `${flags()} --execute`);
    expect(executed).toMatchObject({ code: 0, report: { executed: true, written: [{}] } });
    expect(await journal.trades()).toMatchObject([
      {
        entryOrderId: ORDER_ID,
        exchangePositionId: POSITION_ID,
        entryPrice: '109206.8',
        closePrice: '109953.4',
        quantity: '0.081',
        realizedPnl: '60.4746',
        fees: '8.87460000000000003',
        netPnl: '51.6',
        entryAt: new Date(openedAtMs).toISOString(),
        exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
        figuresSource: 'exchange',
        adopted: true,
      },
    ]);
    const again = await recover(setup.exchange, `${flags()} --execute`);
    expect(again).toMatchObject({ code: 0, report: { missing: [], written: [], known: 1 } });
    expect(await journal.trades()).toHaveLength(1);
  });

  it('is found in the state file of the bot that lost it', async () => {
    const file = join(folder, 'state.json');
    // As the bot's own language writes it: ids as numbers that no double holds.
    const trade = `{ "order_id": ${ORDER_ID}, "symbol": "BTC/USDT:USDT", "side": "LONG", "entry_price": 109206.8,
      "quantity": 0.081, "entry_time": "${new Date(openedAtMs + 9 * HOUR_MS).toISOString().slice(0, -1)}", "status": "OPEN" }`;
    writeFileSync(file, `{ "session_start": "x", "trades": [${trade}] }`);
    const unzoned = await recover(setup.exchange, `--trade ${file}`);
    expect(unzoned).toMatchObject({ code: 6, report: { missing: [] } });
    expect(unzoned.report.unmatched).toMatchObject([{ place: 'state.json: trades[0]' }]);
    expect(unzoned.report.unmatched[0].why).toContain('--utc-offset');
    const found = await recover(setup.exchange, `--trade ${file} --utc-offset +09:00`);
    expect(found).toMatchObject({
      code: 0,
      report: { missing: [{ entryOrderId: ORDER_ID, exchangePositionId: POSITION_ID }] },
    });
  });

  it('is not taken for another when the record does not fit', async () => {
    const { code, report } = await recover(setup.exchange, `${flags('109300')} --execute`);
    expect({ code, missing: report.missing, why: report.unmatched[0].why }).toEqual({
      code: 6,
      missing: [],
      why: 'no closed position has its entry price, quantity and entry time',
    });
    expect(await journal.trades()).toEqual([]);
  });

  it('is not written twice under two of the times that its exchange tells', async () => {
    setup.stub.on(HISTORY, json({ positionHistory: [lost] }));
    await recover(setup.exchange, '--symbol btc --days 3 --execute');
    setup.stub.on(
      HISTORY,
      json({
        positionHistory: [
          { ...lost, openTime: String(openedAtMs + 400), updateTime: String(openedAtMs + 6 * HOUR_MS + 400) },
        ],
      }),
    );
    expect((await recover(setup.exchange, '--symbol btc --days 3 --execute')).report.written).toEqual([]);
  });

  it('is not written over what another run wrote meanwhile', async () => {
    await recover(setup.exchange, `${flags()} --execute`);
    const nothingYet = async () => [];
    const { report } = await recover(setup.exchange, '--symbol btc --days 3 --execute', 'bingx', nothingYet);
    expect(report).toMatchObject({ missing: [{}, {}], written: [{ exchangePositionId: ORDER_ID }] });
    expect((await journal.trades()).map(({ entryOrderId }) => entryOrderId)).toEqual([ORDER_ID, null]);
  });

  it('is left to a position that runs and may still tell of it', async () => {
    const kept = view({ exchangePositionId: POSITION_ID, entryAt: new Date(openedAtMs).toISOString() });
    const { account, symbol, leg, epoch } = kept;
    const key = { account, symbol, leg, epoch };
    await journal.publish({ key, events: [], fills: [], view: kept, levels: [], generation: 1 });
    const { report } = await recover(setup.exchange, '--symbol btc --days 3 --execute');
    expect(report).toMatchObject({
      missing: [{ exchangePositionId: ORDER_ID }],
      left: [{ workflowId: kept.workflowId }],
    });
  });

  it('is not written while nobody can say who closed it', async () => {
    setup.stub.on(FILLS, coded(100500, 'busy', 500));
    const { code, report } = await recover(setup.exchange, '--symbol btc --days 3 --execute');
    expect({ code, missing: report.missing }).toEqual({ code: 5, missing: [] });
    expect(await journal.trades()).toEqual([]);
  });

  it('is not given up when the history cannot be read', async () => {
    setup.stub.on(HISTORY, coded(100500, 'busy', 500));
    const { code, report } = await recover(setup.exchange, '--symbol btc --execute');
    expect(code).toBe(5);
    expect(report.failures).toMatchObject([{ symbol: 'BTC/USDT:USDT' }]);
  });
});

const BOTH = [
  ['bingx', 'one-way'],
  ['bybit', 'hedge'],
  ['binance', 'one-way'],
] satisfies [ExchangeName, PositionMode][];

describe.each(BOTH)('what was closed by hand on %s (%s)', (name, mode) => {
  let venue: Awaited<ReturnType<typeof startVenueUnderTest>>;
  let exchange: Exchange;
  let stop: () => Promise<void>;
  beforeEach(async () => {
    venue = await startVenueUnderTest(name, mode);
    ({ exchange, stop } = await venue.open('paper'));
  });
  afterEach(async () => {
    await stop();
    await venue.stop();
  });

  const leg = mode === 'hedge' ? 'long' : 'net';
  const trade = (action: ManualTrade['action'], quantity: string) =>
    venue.control.trade({
      account: 'paper',
      symbol: venue.marketId,
      leg,
      action,
      quantity,
      ...(action === 'open' && { direction: 'long' }),
    });

  it("is recovered once, with the exchange's figures and orders", async () => {
    await trade('open', '0.05');
    await venue.control.setPrice({ symbol: venue.marketId, last: '50500' });
    await venue.control.fund({ symbol: venue.marketId, rate: '0.0001' });
    await trade('reduce', '0.02');
    await trade('reduce', '0.03');
    await trade('open', '0.01');

    const { code, report } = await recover(exchange, '--execute', name);
    const [truth] = (await venue.control.books('paper')).positionHistory;
    expect({ code, failures: report.failures }).toEqual({ code: 0, failures: [] });
    const rows = await journal.trades();
    expect(rows).toMatchObject([
      {
        account: 'paper',
        exchange: name,
        side: 'long',
        leg,
        quantity: '0.05',
        entryPrice: truth?.averagePrice,
        closePrice: truth?.averageClosePrice,
        exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      },
    ]);
    expect(Number(rows[0]?.netPnl)).toBeCloseTo(Number(truth?.netPnl), 3);
    const fills = await exchange.fills({ symbol: venue.symbol, leg, sinceMs: Date.now() - HOUR_MS });
    expect(rows[0]?.exitOrderId).toBe(fills[2]?.orderId);
    if (rows[0]?.exchangePositionId === null) expect(rows[0].entryOrderId).toBe(fills[0]?.orderId);
    expect((await recover(exchange, '--execute', name)).report).toMatchObject({
      missing: [],
      written: [],
      known: 1,
    });
  });

  it('by liquidation is recovered as that', async () => {
    await trade('open', '0.05');
    await venue.control.liquidate({
      account: 'paper',
      symbol: venue.marketId,
      leg,
    });
    const { report } = await recover(exchange, '', name);
    expect(report.missing).toMatchObject([{ exitReason: 'LIQUIDATION', quantity: '0.05' }]);
  });

  it('and opened the other way round by one order is two trades', async () => {
    if (mode === 'hedge') return;
    await trade('open', '0.05');
    await trade('flip', '0.03');
    await venue.control.setPrice({ symbol: venue.marketId, last: '49900' });
    await trade('reduce', '0.03');
    const first = await recover(exchange, '--execute', name);
    expect(first.report.written).toMatchObject([
      { side: 'long', quantity: '0.05' },
      { side: 'short', quantity: '0.03' },
    ]);
    expect((await recover(exchange, '', name)).report).toMatchObject({ missing: [], known: 2 });
  });
});
