/** What an entry is checked against before its position begins: nothing is sent that would land wrongly. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createExchangeActivities } from '../../activities/exchange.ts';
import type { PositionMode } from '../../domain/terms.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { emptyJournal } from '../support/empty-journal.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const BTC = 'BTC/USDT:USDT';
const clock = { now: () => 1_000 };

function facts({
  mode = 'one-way',
  setLeverage,
}: {
  mode?: PositionMode;
  setLeverage?: Exchange['setLeverage'];
}) {
  const exchange: Exchange = {
    ...createFakeExchange({ account: 'a', clock }),
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
  };
  const accounts = new Map([['a', { exchange, positionMode: 'one-way' as const, leverage: '50' }]]);
  const { readEntryFacts } = createExchangeActivities({ accounts, latestSnapshot: () => undefined, journal: emptyJournal(), clock });
  return () => readEntryFacts({ account: 'a', symbol: BTC, side: 'long', fresh: false });
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
