/** `holdfast migrate` as a command: what it prints, what it carries out, and what it leaves alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../client/errors.ts';
import type { AdoptRequest } from '../../contract/messages.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { BTC, closedPosition, exchangePosition, snapshot, T0 } from '../support/builders.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';
import { holdfast, type Setting } from './fake-context.ts';
import { view } from './views.ts';

const ETH = 'ETH/USDT:USDT';
const NOW_MS = T0 + 3_600_000;
const closed = closedPosition({
  symbol: ETH,
  quantity: '1',
  entryPrice: '3000',
  openedAtMs: T0,
  closedAtMs: T0 + 60_000,
});

let file: string;
beforeEach(() => {
  file = join(temporaryFolder(), 'state.json');
  const entry_time = T0;
  const trades = [
    {
      symbol: 'BTC-USDT',
      side: 'LONG',
      entry_price: 109206.8,
      quantity: 0.05,
      stop_loss: 108000,
      order_id: '5',
      entry_time,
    },
    { symbol: 'ETHUSDT', side: 'LONG', entry_price: 3000, quantity: 1, order_id: '6', entry_time },
    { symbol: 'nothing' },
    { symbol: 'SOLUSDT', status: 'CLOSED' },
  ];
  writeFileSync(file, JSON.stringify({ trades }));
});

const exchange = (change: Partial<Exchange> = {}): Partial<Exchange> => ({
  capabilities: { positionIds: true } as Exchange['capabilities'], // all that is asked for here
  marketRules: async (symbol) => ({ ...BTC, symbol }),
  snapshot: async () => ({ ...snapshot(T0), positions: [exchangePosition()], orders: [] }),
  closedPositions: async ({ symbol }) => (symbol === ETH ? [closed] : []),
  fills: async () => [],
  ...change,
});

const migrate = (line: string, { holdfast: facade, ...setting }: Setting = {}) =>
  holdfast(['migrate', '--from', file, ...line.split(' ').filter(Boolean)], {
    exchange: exchange(),
    isDown: true,
    nowMs: NOW_MS,
    holdfast: { trades: async () => [], positions: async () => [], ...facade },
    ...setting,
  });

describe('migrate', () => {
  it('shows what it would do, and does none of it', async () => {
    const { code, out } = await migrate('--simulate-only');
    expect(code).toBe(6);
    expect(out).toMatchInlineSnapshot(`
      "paper: 4 records, 2 steps to do.
      take over BTC/USDT:USDT net: long 0.05 at 109206.8
          state.json: trades[0]
      write trade ETH/USDT:USDT net: closed 2026-01-02T03:05:05.000Z at 109953.4, net 51.6
          state.json: trades[1]
      1 record says that it is over.
      unreadable state.json: trades[2]: symbol "nothing" is no symbol with its quote currency, such as BTC-USDT
      Nothing was changed. Stop the old bot, then do it with --execute.
      "
    `);
  });

  it('takes over with --execute, and goes on where one is refused', async () => {
    const asked: AdoptRequest[] = [];
    const adopt = async (_: string, request: AdoptRequest) => {
      asked.push(request);
      throw new HoldfastError('refused', 'the account is halted');
    };
    const written: unknown[] = [];
    const journal = {
      trades: async () => [],
      writeTrade: async (row: unknown) => void written.push(row),
    } as unknown as NonNullable<Setting['journal']>; // all that is asked of it here
    const { code, out } = await migrate('--execute', { holdfast: { adopt }, journal });
    expect(code).toBe(6);
    expect(asked).toMatchObject([{ policy: 'manage', stopLoss: { price: '108000' }, entryOrderId: '5' }]);
    expect(written).toMatchObject([{ symbol: ETH, entryOrderId: '6', netPnl: '51.6' }]);
    expect(out).toContain('1 of 2 steps done');
    expect(out).toContain('not done: the account is halted');
  });

  it('tells of a position that is not covered some seconds after it was taken over', async () => {
    const workflowId = 'position/paper/BTC/USDT:USDT/net';
    const adopt = async () => ({ workflowId, runId: 'r', epoch: 'e' });
    let asked = 0;
    const positions = async () => (asked++ === 0 ? [] : [view({ covered: false })]);
    const { code, out } = await migrate('--execute', {
      holdfast: { adopt, positions },
      exchange: exchange({ closedPositions: async () => [] }),
    });
    expect(code).toBe(6);
    expect(out).toContain(`no cover yet ${workflowId}`);
  });

  it('asks before it touches a live account, and takes no for an answer', async () => {
    const config = configOf('accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S } }');
    const questions: string[] = [];
    const { out } = await migrate('--execute', {
      config,
      isTty: true,
      confirm: (question) => questions.push(question) === 0,
    });
    expect(questions).toEqual([
      expect.stringContaining('carry out 2 steps on main; the old bot is stopped?'),
    ]);
    expect(out).toContain('Nothing was done.');
  });

  it('says nothing about records while the exchange tells only a part', async () => {
    const partial = async () => ({
      ...snapshot(T0),
      positions: [],
      orders: [],
      complete: false,
      problems: ['orders: 502'],
    });
    const { code, err } = await migrate('--execute', { exchange: exchange({ snapshot: partial }) });
    expect(code).toBe(5);
    expect(err).toContain('does not answer in full (orders: 502)');
  });

  it('cannot be both carried out and simulated', async () => {
    expect(await migrate('--execute --simulate-only')).toMatchObject({ code: 2 });
  });

  it('leaves a record alone whose history cannot be read', async () => {
    const failing = exchange({ closedPositions: () => Promise.reject(new Error('down')) });
    const { out } = await migrate('--json', { exchange: failing });
    expect(JSON.parse(out).items).toMatchObject([
      { step: 'take_over' },
      { step: 'unclear', text: 'not open, and the history of ETH/USDT:USDT could not be read' },
      { step: 'ended' },
    ]);
  });
});
