/** What an entry is checked against before its position begins: nothing is sent that would land wrongly. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createExchangeActivities } from '../../activities/exchange.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import type { RiskNeed } from '../../domain/account/risk.ts';
import type { PositionMode } from '../../domain/terms.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { trade, view } from '../client/views.ts';
import { emptyJournal } from '../support/empty-journal.ts';
import { anOrder, aPosition, createFakeExchange } from '../support/fake-exchange.ts';

const BTC = 'BTC/USDT:USDT';
const clock = { now: () => 1_000 };

type Given = {
  mode?: PositionMode;
  setLeverage?: Exchange['setLeverage'];
  balance?: Exchange['balance'];
  needs?: RiskNeed[];
  journal?: ReturnType<typeof emptyJournal>;
  positions?: ExchangePosition[];
  orders?: ExchangeOrder[];
  /** The watcher's newest reading. */
  latest?: AccountSnapshot;
};

function facts({
  mode = 'one-way',
  setLeverage,
  balance,
  needs,
  journal = emptyJournal(),
  latest,
  ...said
}: Given) {
  const fake = createFakeExchange({ account: 'a', clock });
  fake.say(said);
  const exchange: Exchange = {
    ...fake,
    marketRules: async () => ({
      symbol: BTC,
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      minNotional: '5',
    }),
    positionMode: async () => mode,
    price: async () => ({ symbol: BTC, last: '100', atMs: 0 }),
    setLeverage: setLeverage ?? (async () => undefined),
    ...(balance && { balance }),
  };
  const accounts = new Map([['a', { exchange, positionMode: 'one-way' as const, leverage: '50' }]]);
  const { readEntryFacts } = createExchangeActivities({
    accounts,
    latestSnapshot: () => latest,
    journal,
    clock,
  });
  return () =>
    readEntryFacts({ account: 'a', symbol: BTC, side: 'long', fresh: false, ...(needs && { needs }) });
}

const failureOf = (asked: Promise<unknown>): Promise<ApplicationFailure> =>
  asked.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => {
      if (error instanceof ApplicationFailure) return error;
      throw error;
    },
  );

describe('before an entry', () => {
  it('the leverage is set once for a symbol and side', async () => {
    const set: unknown[] = [];
    const read = facts({ setLeverage: async (...args) => void set.push(args) });
    await read();
    await read();
    expect(set).toEqual([[BTC, '50', 'long']]);
  });

  it('a leverage that the exchange does not take refuses it, and says what to write', async () => {
    const read = facts({
      setLeverage: () =>
        Promise.reject(new ExchangeFault('refused', 'maximum leverage is 20', { code: '1' })),
    });
    const { details, nonRetryable } = await failureOf(read());
    expect(nonRetryable).toBe(true);
    expect(details).toMatchObject([
      {
        code: 'exchange_refused',
        text: expect.stringMatching(/leverage of 50 on .*maximum leverage is 20.*Write/),
      },
    ]);
  });

  it('a leverage that could not be set for now is asked for again, and nothing is opened', async () => {
    let failures = 1;
    const read = facts({
      setLeverage: async () => {
        if (failures-- > 0) throw new ExchangeFault('timeout', 'set leverage: late');
      },
    });
    expect(await failureOf(read())).toMatchObject({ type: 'ExchangeFault' });
    await expect(read()).resolves.toMatchObject({ price: '100' });
  });

  it('another position mode than the configured one refuses it, and says how to make them the same', async () => {
    const { details } = await failureOf(facts({ mode: 'hedge' })());
    expect(details).toMatchObject([
      {
        code: 'position_mode',
        text: expect.stringMatching(/^a: .*hedge mode on bingx.*Write positionMode: hedge/),
      },
    ]);
  });
});

describe('what limits are counted on', () => {
  const equity = async () => ({ asset: 'USDT', equity: '900', available: '1', atMs: 0 });

  it('is not asked for where no limit needs it', async () => {
    // The fake throws where its balance is asked for; so would the journal.
    expect((await facts({ needs: [] })()).risk).toEqual({});
    expect(await facts({})()).not.toHaveProperty('risk');
  });

  it('is equity, and the orders of every leg', async () => {
    const orders = [anOrder(), anOrder({ orderId: '2' }), anOrder({ orderId: '3', leg: 'short' })];
    const { risk } = await facts({ needs: ['equity', 'orders'], balance: equity, orders })();
    expect(risk).toEqual({
      equity: '900',
      openOrders: [
        { symbol: BTC, leg: 'long', count: 2 },
        { symbol: BTC, leg: 'short', count: 1 },
      ],
    });
  });

  it('is what the account has closed since midnight UTC, with what is open', async () => {
    const asked: unknown[] = [];
    const journal = emptyJournal({
      trades: async (query) => {
        asked.push(query);
        return [trade({ netPnl: '-70' })];
      },
      positions: async (account) => {
        asked.push(account);
        return [view({ symbol: 'ETH/USDT:USDT', leg: 'long', realizedPnl: '5' })];
      },
    });
    const positions = [aPosition({ symbol: 'ETH/USDT:USDT', unrealizedPnl: '-2.5' })];
    const { risk } = await facts({ needs: ['day_result'], journal, positions })();
    expect(risk).toEqual({ day: { closed: '-70', open: '2.5', unknown: [] } });
    expect(asked).toEqual([
      'a',
      expect.objectContaining({ account: 'a', sinceAt: '1970-01-01T00:00:00.000Z' }),
    ]);
  });

  it('is counted on a reading of its own, where others do with the newest one', async () => {
    const positions = [aPosition({ unrealizedPnl: '-2.5' })];
    const latest = { sequence: 1, takenAtMs: 900, readAtMs: 950, complete: true, problems: [], orders: [] };
    const given = { positions, latest: { ...latest, positions: [] } };
    expect((await facts({ ...given, needs: ['day_result'] })()).risk?.day?.open).toBe('-2.5');
    expect((await facts({ ...given, needs: ['orders'] })()).positions).toEqual([]);
  });

  it('is not known where the journal has more rows than are read', async () => {
    const trades = async ({ limit = 0 } = {}) => Array.from({ length: limit }, () => trade());
    const { risk } = await facts({ needs: ['day_result'], journal: emptyJournal({ trades }) })();
    expect(risk?.day?.unknown).toEqual(['more than 10000 trades']);
  });

  it('that cannot be read refuses the entry, and is asked for again', async () => {
    let failures = 1;
    const balance = async () => {
      if (failures-- > 0) throw new ExchangeFault('timeout', 'balance: late');
      return equity();
    };
    const read = facts({ needs: ['equity'], balance });
    expect(await failureOf(read())).toMatchObject({ type: 'ExchangeFault' });
    expect((await read()).risk).toEqual({ equity: '900' });
  });
});
