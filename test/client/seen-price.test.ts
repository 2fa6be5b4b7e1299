/** How old the price of a position is, on every screen that shows the position. */
import { beforeEach, describe, expect, it } from 'vitest';
import { writeWorkerReport, type AccountStatus, type PriceReport } from '../../config/serving.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { view } from './views.ts';

const NOW = Date.parse('2026-01-02T03:05:30Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const status: AccountStatus = { state: 'serving', sinceAt: '', notes: [] };
const contract = (change: Partial<PriceReport> = {}): PriceReport => ({
  symbol: 'BTC/USDT:USDT',
  workingType: 'CONTRACT_PRICE',
  price: '43010.5',
  seenAt: at(-1_200),
  ...change,
});

let config: HoldfastConfig;
beforeEach(() => {
  config = { ...configOf(''), dataDir: temporaryFolder() };
});

/** Runs a command beside a worker that tells these prices of its account. */
const run = (line: string, prices: PriceReport[], position = view(), width = 100) => {
  const report = { account: 'paper', status, checkedAt: null, limits: null, watch: null, prices };
  writeWorkerReport(config.dataDir, { pid: 1, writtenAt: at(0), accounts: [report] });
  return holdfast(line, {
    config,
    width,
    nowMs: NOW,
    holdfast: {
      positions: async () => [position],
      show: async () => ({ position, answeredBy: 'workflow' }),
      account: () => Promise.reject(new Error('late')),
    },
  });
};

describe('the age of a price', () => {
  it('stands beside the position in the list, where there is room', async () => {
    const { out } = await run('positions', [contract()], view(), 120);
    expect(out).toMatch(/STAGE +COVER +PRICE +ACCOUNT/);
    expect(out).toMatch(/covered +43010\.5, 1 s old/);
    expect((await run('positions', [contract()], view(), 80)).out).not.toContain('PRICE');
  });

  it('is in JSON with the price and when it was seen', async () => {
    const priceSeen = { price: '43010.5', workingType: 'CONTRACT_PRICE', seenAt: at(-1_200), ageMs: 1_200 };
    expect(JSON.parse((await run('positions --json', [contract()])).out)).toEqual([{ ...view(), priceSeen }]);
    expect(JSON.parse((await run('show BTC --json', [contract()])).out)).toMatchObject({
      priceSeen,
      answeredBy: 'workflow',
    });
  });

  it('is on the card, of the price that the position watches', async () => {
    const mark = contract({ workingType: 'MARK_PRICE', price: '43000', seenAt: at(-300) });
    const { out } = await run('show BTC', [contract(), mark], view({ workingType: 'MARK_PRICE' }));
    expect(out).toMatch(/watches +MARK_PRICE +43000, 300 ms old/);
  });

  it('is that of the contract where nothing waits for the mark price', async () => {
    const { out } = await run('positions --json', [contract()], view({ workingType: 'MARK_PRICE' }));
    expect(JSON.parse(out)).toMatchObject([{ priceSeen: { workingType: 'CONTRACT_PRICE' } }]);
  });

  it('is unknown of a price that was not seen yet, and where nobody watches', async () => {
    for (const prices of [
      [],
      [contract({ symbol: 'ETH/USDT:USDT' })],
      [contract({ price: null, seenAt: null })],
    ])
      expect(JSON.parse((await run('positions --json', prices)).out)).toEqual([view()]);
  });

  it('is a line of the log only once the price is too old to act on', async () => {
    expect((await run('positions --watch', [contract()])).out).not.toContain('43010.5');
    const { out } = await run('positions --watch', [contract({ seenAt: at(-12_000) })]);
    expect(out).toContain('no price since 2026-01-02 03:05:18');
  });

  it('that grows is no change of the positions', async () => {
    const { out } = await run('positions --watch --json', [contract()]);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject([{ priceSeen: { ageMs: 1_200 } }]);
  });
});
