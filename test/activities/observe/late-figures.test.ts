import { describe, expect, it } from 'vitest';
import type { TradeRow } from '../../../journal/journal.ts';
import { closedPosition, fill, start, T0 } from '../../support/builders.ts';
import { startWatching, STARTED_MS } from './bench.ts';
import { aTrade, anEvent } from '../../journal/records.ts';

const MINUTE_MS = 60_000;
const KEY = { account: 'main', symbol: 'BTC/USDT:USDT', leg: 'net', epoch: 'e1' } as const;
const EXIT_AT = new Date(STARTED_MS - 30 * MINUTE_MS).toISOString();

const lacking = (over: Partial<TradeRow> = {}): TradeRow =>
  aTrade({ ...KEY, figuresSource: 'fills', netPnl: null, fees: null, exitAt: EXIT_AT, ...over });

/** Bought and sold at market; the exchange's id was learnt. */
const story = [
  {
    type: 'PositionStarted',
    data: { start: start({ ...KEY, stopLoss: null, takeProfit: null }), nowMs: T0 },
  },
  {
    type: 'PositionIdentified',
    data: { exchangePositionId: closedPosition().exchangePositionId, openedAtMs: null },
  },
  {
    type: 'ExternallyChanged',
    data: {
      change: {
        fillId: 'f1',
        orderId: '1',
        trancheId: 't1',
        quantity: '0.05',
        price: '109206.8',
        fee: null,
        atMs: STARTED_MS - 60 * MINUTE_MS,
        cause: 'manual',
      },
    },
  },
].map(({ type, data }, index) => anEvent(index + 1, { ...KEY, type, data }));

type Bench = Parameters<NonNullable<Parameters<typeof startWatching>[0]>>[0];

/** A watcher of an account with such a trade, at an exchange that answers with these rows. */
function watching(prepare: (bench: Bench) => void = () => {}) {
  const asked: number[] = [];
  const rows: ReturnType<typeof closedPosition>[] = [];
  const watched = startWatching((bench) => {
    bench.journal.lacking = [lacking()];
    bench.journal.story = story;
    bench.exchange.closedPositions = async () => (asked.push(Date.now()), rows);
    bench.exchange.fills = async () => [fill({ fillId: 'x', atMs: STARTED_MS })];
    prepare(bench);
  });
  return { ...watched, asked, rows };
}

const late = closedPosition({ openedAtMs: STARTED_MS - 60 * MINUTE_MS, closedAtMs: Date.parse(EXIT_AT) });

describe('trades that lack their figures', () => {
  it('are completed when the exchange tells them at last', async () => {
    const { journal, measured, rows, pass } = watching();
    await pass(2 * MINUTE_MS);
    expect(journal.completed).toEqual([]);
    rows.push(late);
    await pass(10 * MINUTE_MS);
    expect(journal.completed[0]).toMatchObject({ ...KEY, netPnl: '51.6', figuresSource: 'exchange' });
    expect(measured.filter((what) => what.startsWith('figures')).slice(0, 2)).toEqual([
      'figures not_found',
      'figures found',
    ]);
  });

  it('are asked for ever more rarely', async () => {
    const { asked, pass } = watching();
    await pass(160 * MINUTE_MS);
    const minutes = asked.map((atMs) => Math.round((atMs - STARTED_MS) / MINUTE_MS));
    expect(minutes).toEqual([1, 6, 16, 36, 76, 156]);
  });

  it('are left to their workflows as long as these ask themselves', async () => {
    const { asked, journal, pass } = watching((bench) => {
      bench.journal.rows = [{ ...KEY, stage: 'settling' }];
    });
    await pass(5 * MINUTE_MS);
    expect(asked).toEqual([]);
    journal.rows = [{ ...KEY, epoch: 'e2', stage: 'open' }];
    await pass(MINUTE_MS);
    expect(asked).toHaveLength(1);
  });

  it('are given up when the exchange has forgotten them', async () => {
    const { asked, pass } = watching((bench) => {
      bench.journal.lacking = [lacking({ exitAt: new Date(STARTED_MS - 31 * 86_400_000).toISOString() })];
    });
    await pass(5 * MINUTE_MS);
    expect(asked).toEqual([]);
  });

  it('are not asked for where the exchange keeps no history', async () => {
    const { asked, pass } = watching((bench) => {
      bench.exchange.capabilities.positionHistory = false;
    });
    await pass(5 * MINUTE_MS);
    expect(asked).toEqual([]);
  });

  it('are a few a pass, however many there are', async () => {
    const { asked, pass } = watching((bench) => {
      bench.journal.lacking = Array.from({ length: 20 }, (_, i) => lacking({ epoch: `e${i}` }));
    });
    await pass(MINUTE_MS);
    expect(asked).toHaveLength(5);
    await pass(3 * MINUTE_MS);
    expect(asked).toHaveLength(20);
  });

  it('do not stop the others when one cannot be asked for', async () => {
    const { journal, warnings, pass } = watching((bench) => {
      bench.journal.lacking = [lacking({ epoch: 'bad' }), lacking()];
      let calls = 0;
      bench.exchange.closedPositions = async () => {
        calls += 1;
        if (calls === 1) throw new Error('502');
        return [late];
      };
    });
    await pass(MINUTE_MS);
    expect(warnings).toEqual(['the figures of a finished trade could not be asked for']);
    expect(journal.completed).toHaveLength(1);
  });

  it('whose story nobody understands are left as they are', async () => {
    const { asked, journal, pass } = watching((bench) => {
      bench.journal.story = [];
    });
    await pass(10 * MINUTE_MS);
    expect([asked, journal.completed]).toEqual([[], []]);
  });
});
