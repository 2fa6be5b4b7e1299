/**
 * The Temporal server, the venue, the worker, and all of them at once, killed while one position is
 * being entered, one rests and one is being closed; and each of them away while something happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { positionWorkflowId } from '../../contract/ids.ts';
import type { FaultKind } from '../../venue/control/types.ts';
import { expectAgreement, type Life } from '../support/agreement.ts';
import { insist, openLife, openProtected, untilOver, untilProtected } from '../support/lives.ts';
import { startProcesses, type Part, type Processes } from '../support/processes.ts';

const ENTERING = 'entering';
const RESTING = 'resting';
const CLOSING = 'closing';
const ACCOUNTS = [ENTERING, RESTING, CLOSING];
const AWAY_MS = 20_000;
const MARKET_ORDER = { method: 'POST', pathContains: '/trade/order', params: { type: 'MARKET' } } as const;

type Market = { symbol: string; venueSymbol: string; quantity: string; up: string };
const BTC: Market = { symbol: 'BTC/USDT:USDT', venueSymbol: 'BTC-USDT', quantity: '0.05', up: '67000' };
const ETH: Market = { symbol: 'ETH/USDT:USDT', venueSymbol: 'ETH-USDT', quantity: '1', up: '3300' };
const SOL: Market = { symbol: 'SOL/USDT:USDT', venueSymbol: 'SOL-USDT', quantity: '20', up: '155' };
const LTC: Market = { symbol: 'LTC/USDT:USDT', venueSymbol: 'LTC-USDT', quantity: '30', up: '88' };
const XRP: Market = { symbol: 'XRP/USDT:USDT', venueSymbol: 'XRP-USDT', quantity: '1000', up: '0.62' };

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
let processes: Processes;

beforeAll(async () => {
  processes = await startProcesses({ folder, accounts: ACCOUNTS });
});
afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

const lifeOf = (account: string, { symbol }: Market): Life => ({ account, symbol, leg: 'net' });

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
    await processes.venue.start();
  }));

it('what happens while no worker runs is found out: target, stop, closed by hand', async () => {
  const { worker, venue, journal } = processes;
  const lives = ACCOUNTS.map((account) => lifeOf(account, XRP));
  await Promise.all(
    lives.map((life) =>
      openProtected(processes, {
        life,
        quantity: XRP.quantity,
        side: life.account === RESTING ? 'short' : 'long',
      }),
    ),
  );
  await worker.kill();
  await venue.control.trade({ account: CLOSING, symbol: XRP.venueSymbol, leg: 'net', action: 'close' });
  await venue.control.setPrice({ symbol: XRP.venueSymbol, last: XRP.up, path: 'walk' });
  await worker.start();

  await untilOver(processes, lives);
  await expectAll(lives);
  const reasons = await Promise.all(
    lives.map(async ({ account, symbol }) => [
      account,
      (await journal.trades({ account, symbol }))[0]?.exitReason,
    ]),
  );
  expect(Object.fromEntries(reasons)).toEqual({
    [ENTERING]: 'TAKE_PROFIT',
    [RESTING]: 'STOP_LOSS',
    [CLOSING]: 'EXCHANGE_CLOSED_RECONCILIATION',
  });
});

/** One life at each stage; the orders of two are on their way when `kill` comes. */
async function killInTheMidst(market: Market, fault: FaultKind, kill: () => Promise<void>): Promise<void> {
  const { holdfast, venue } = processes;
  const [entering, resting, closing] = [
    lifeOf(ENTERING, market),
    lifeOf(RESTING, market),
    lifeOf(CLOSING, market),
  ] as const;
  const { quantity } = market;
  await Promise.all([
    openProtected(processes, { life: resting, quantity }),
    openProtected(processes, { life: closing, quantity }),
  ]);
  const held = await Promise.all([entering, closing].map(({ account }) => hold(account, fault)));
  // Their answers may be lost with what is killed; both are asked for again below.
  void openLife(processes, { life: entering, quantity }).catch(() => {});
  void holdfast.close({ workflowId: positionWorkflowId(closing) }).catch(() => {});
  await Promise.all(held.map((waiting) => waiting()));
  await kill();

  await venue.control.clearFaults();
  await insist(() => openLife(processes, { life: entering, quantity }));
  await untilProtected(processes, entering);
  await untilProtected(processes, resting);
  await untilOver(processes, [closing]);
  await venue.control.setPrice({ symbol: market.venueSymbol, last: market.up, path: 'walk' });
  await untilOver(processes, [entering, resting]);
  await expectAll([entering, resting, closing]);
}

async function hold(account: string, kind: FaultKind): Promise<() => Promise<unknown>> {
  const { control } = processes.venue;
  const match = { ...MARKET_ORDER, account };
  const [latest] = await control.requests({ limit: 1 });
  await control.planFault({ kind, match, count: null });
  return () => control.waitForRequest({ ...match, sinceSeq: latest?.seq ?? 0, timeoutMs: 20_000 });
}

async function restart(parts: readonly Part[]): Promise<void> {
  await Promise.all(parts.map((part) => part.kill()));
  await Promise.all(parts.map((part) => part.start()));
}

async function expectAll(lives: readonly Life[]): Promise<void> {
  for (const life of lives) await expectAgreement(processes, life);
}
