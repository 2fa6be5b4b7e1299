/**
 * The Temporal server, the venue, the worker, and all of them at once, killed while one position is
 * being entered, one rests and one is being closed, on every exchange; and each of them away while
 * something happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { positionWorkflowId } from '../../contract/ids.ts';
import type { Side } from '../../domain/terms.ts';
import type { FaultKind, RequestMatch } from '../../venue/control/types.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { ask, askHealth, askMetrics } from '../support/health.ts';
import { insist, openLife, openProtected, untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Part, type Processes } from '../support/processes.ts';
import { accountOn, legOn, TRIED, WIRES, type TriedExchange } from './wire-of.ts';

const ENTERING = 'entering';
const RESTING = 'resting';
const CLOSING = 'closing';
const ROLES = [ENTERING, RESTING, CLOSING] as const;
type Role = (typeof ROLES)[number];
const AWAY_MS = 20_000;
/** After an outage, sockets come back last. */
const WELL_WITHIN_MS = 30_000;
const PROTECTED = { side: 'long', stopLoss: { percent: '1' }, takeProfit: { percent: '2' } } as const;
const WELL = {
  healthy: true,
  ready: true,
  websocket_connected: true,
  uncovered_positions: 0,
  drift: 'in_agreement',
  temporal: { ok: true },
  journal: { ok: true },
};

type Market = { symbol: string; venueSymbol: string; quantity: string; up: string };
const BTC: Market = { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT', quantity: '0.05', up: '67000' };
const ETH: Market = { symbol: 'ETH/USDT:USDT', venueSymbol: 'ETH-USDT', quantity: '1', up: '3300' };
const SOL: Market = { symbol: 'SOL/USDT:USDT', venueSymbol: 'SOL-USDT', quantity: '20', up: '155' };
const LTC: Market = { symbol: 'LTC/USDT:USDT', venueSymbol: 'LTC-USDT', quantity: '30', up: '88' };
const XRP: Market = { symbol: 'XRP/USDT:USDT', venueSymbol: 'XRP-USDT', quantity: '1000', up: '0.62' };

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
let processes: Processes;

beforeAll(async () => {
  const accounts = TRIED.flatMap((exchange) =>
    ROLES.map((role) => accountOn(exchange, `${exchange}-${role}`)),
  );
  processes = await startProcesses({ folder, accounts });
});
afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A failed test must not take the others with it. */
beforeEach(() => processes.restore());
afterEach(() => expect(processes.lost(), 'ended by itself').toEqual([]));

function lifeOf(exchange: TriedExchange, role: Role, { symbol }: Market, side: Side = 'long'): Life {
  const leg = legOn(exchange);
  return { account: `${exchange}-${role}`, symbol, leg: leg === 'net' ? leg : side };
}

it('the Temporal server is killed: entering, resting and closing go on', () =>
  killInTheMidst(ETH, 'timeout-after', () => restart([processes.temporal])));

it('the venue is killed: entering, resting and closing go on', () =>
  killInTheMidst(SOL, 'timeout-after', () => restart([processes.venue])));

it('server, venue and worker are killed at once: entering, resting and closing go on', () =>
  killInTheMidst(BTC, 'timeout-after', () =>
    restart([processes.temporal, processes.venue, processes.worker]),
  ));

it('the venue is away for 20 s while one is entered and one is closed', () =>
  killInTheMidst(LTC, 'timeout-before', async () => {
    await processes.venue.kill();
    await delay(AWAY_MS);
    await tellsOutage();
    await processes.venue.start();
  }));

it('health and metrics say how it is and what happened, the venue being back', async () => {
  const { config, holdfast } = processes;
  const life = lifeOf('bingx', RESTING, ETH);
  const { account } = life;
  const before = await askMetrics(config);
  await holdfast.openPosition(account, { ...PROTECTED, symbol: ETH.symbol, quantity: ETH.quantity });
  await untilProtected(processes, life);
  await eventually(async () => {
    const { status, report } = await askHealth(config);
    expect([status, report.problems]).toEqual([200, []]);
    expect(report).toMatchObject({ ...WELL, active_positions: 1, pending_orders: 2 });
    expect(report.accounts.find((one) => one.account === account)).toMatchObject({
      watched_by: 'this_worker',
      active_positions: 1,
      pending_orders: 2,
    });
  }, WELL_WITHIN_MS);
  await closeByTick(life);

  const after = await askMetrics(config);
  const more = (series: string): number => (after.get(series) ?? NaN) - (before.get(series) ?? NaN);
  for (const role of ['entry', 'stop', 'target', 'close'])
    expect(more(`holdfast_orders_total{account="${account}",outcome="accepted",role="${role}"}`), role).toBe(
      1,
    );
  expect(more(`holdfast_crossings_total{account="${account}",kind="target"}`)).toBe(1);
  expect(after.get(`holdfast_tick_to_close_seconds_count{account="${account}"}`)).toBe(1);
  expect(after.get(`holdfast_tick_to_close_seconds_sum{account="${account}"}`)).toBeGreaterThan(0);
  expect(more(`holdfast_snapshots_total{account="${account}",result="complete"}`)).toBeGreaterThan(0);
  expect(after.get(`holdfast_snapshots_total{account="${account}",result="incomplete"}`)).toBeGreaterThan(0);
  expect([...after.keys()].some((series) => series.startsWith('temporal_'))).toBe(true);
});

const ENDS = {
  [ENTERING]: { side: 'long', exitReason: 'TAKE_PROFIT' },
  [RESTING]: { side: 'short', exitReason: 'STOP_LOSS' },
  [CLOSING]: { side: 'long', exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' },
} as const;

it('what happens while no worker runs is found out: target, stop, closed by hand', async () => {
  const { worker, venue } = processes;
  const { quantity, venueSymbol, up } = XRP;
  const all = TRIED.flatMap((exchange) =>
    ROLES.map((role) => {
      const { side, exitReason } = ENDS[role];
      return { role, side, exitReason, life: lifeOf(exchange, role, XRP, side) };
    }),
  );
  await Promise.all(all.map(({ life, side }) => openProtected(processes, { life, quantity, side })));
  await worker.kill();
  for (const { life } of all.filter(({ role }) => role === CLOSING))
    await venue.control.trade({ account: life.account, symbol: venueSymbol, leg: life.leg, action: 'close' });
  await venue.control.setPrice({ symbol: venueSymbol, last: up, path: 'walk' });
  await worker.start();

  await untilOver(
    processes,
    all.map(({ life }) => life),
  );
  for (const { life, exitReason } of all) {
    const { trade } = await expectAgreement(processes, life);
    expect.soft(trade.exitReason, life.account).toBe(exitReason);
  }
});

/** On each exchange one life at each stage; the orders of two are on their way when `kill` comes. */
async function killInTheMidst(market: Market, fault: FaultKind, kill: () => Promise<void>): Promise<void> {
  const { holdfast, venue } = processes;
  const { quantity } = market;
  const at = (role: Role): Life[] => TRIED.map((exchange) => lifeOf(exchange, role, market));
  const [entering, resting, closing] = [at(ENTERING), at(RESTING), at(CLOSING)];
  await Promise.all([...resting, ...closing].map((life) => openProtected(processes, { life, quantity })));
  const held = await Promise.all(
    TRIED.flatMap((exchange) => {
      const { entry, close } = WIRES[exchange](market.venueSymbol);
      return [
        hold({ ...entry, account: `${exchange}-${ENTERING}` }, fault),
        hold({ ...close, account: `${exchange}-${CLOSING}` }, fault),
      ];
    }),
  );
  // Their answers may be lost with what is killed; both are asked for again below.
  for (const life of entering) void openLife(processes, { life, quantity }).catch(() => {});
  for (const life of closing) void holdfast.close({ workflowId: positionWorkflowId(life) }).catch(() => {});
  await Promise.all(held.map((waiting) => waiting()));
  await kill();

  await venue.control.clearFaults();
  await Promise.all(entering.map((life) => insist(() => openLife(processes, { life, quantity }))));
  await Promise.all([...entering, ...resting].map((life) => untilProtected(processes, life)));
  await untilOver(processes, closing);
  await venue.control.setPrice({ symbol: market.venueSymbol, last: market.up, path: 'walk' });
  await untilOver(processes, [...entering, ...resting]);
  for (const life of [...entering, ...resting, ...closing]) await expectAgreement(processes, life);
}

/** The price runs beyond a target whose order is gone, and the exchange takes no new one. */
async function closeByTick(life: Life): Promise<void> {
  const { control } = processes.venue;
  const { account } = life;
  const { position } = await processes.holdfast.show({ workflowId: positionWorkflowId(life) });
  const { orderId } = position.tranches[0]?.takeProfit ?? {};
  if (!orderId) throw new Error('no target rests');
  await control.planFault({
    kind: 'code',
    match: {
      account,
      method: 'POST',
      pathContains: '/trade/order',
      params: { type: 'TAKE_PROFIT_MARKET' },
    },
    count: null,
    params: { code: 100500 },
  });
  await control.vanishOrder(account, orderId);
  await control.setPrice({ symbol: ETH.venueSymbol, last: '3450' });
  await untilOver(processes, [life]);
  const [trade] = await processes.journal.trades({ account });
  expect(trade).toMatchObject({ exitReason: 'INSTANT_TAKE_PROFIT' });
}

/** While the venue is away: every account says why it is not well, and the worker works on. */
async function tellsOutage(): Promise<void> {
  const { config } = processes;
  const { status, report } = await askHealth(config);
  expect(status).toBe(503);
  expect(report).toMatchObject({ healthy: false, ready: true, temporal: { ok: true } });
  for (const { account, problems, age_of_truth_seconds } of report.accounts) {
    expect
      .soft(problems, account)
      .toContainEqual(expect.stringMatching(/^the last complete reading is \d+ s old/));
    expect.soft(problems, account).toContainEqual(expect.stringMatching(/^a socket is down/));
    expect.soft(age_of_truth_seconds, account).toBeGreaterThan(15);
  }
  expect((await ask(config, '/health/ready')).status).toBe(200);
}

async function hold(match: RequestMatch, kind: FaultKind): Promise<() => Promise<unknown>> {
  const { control } = processes.venue;
  const [latest] = await control.requests({ limit: 1 });
  await control.planFault({ kind, match, count: null });
  return () => control.waitForRequest({ ...match, sinceSeq: latest?.seq ?? 0, timeoutMs: 30_000 });
}

async function restart(parts: readonly Part[]): Promise<void> {
  await Promise.all(parts.map((part) => part.kill()));
  await Promise.all(parts.map((part) => part.start()));
}
