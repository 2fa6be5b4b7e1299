import { describe, expect, it } from 'vitest';
import { createFacade, type FacadeParts } from '../../client/holdfast.ts';
import { HoldfastError } from '../../client/errors.ts';
import type { Wire } from '../../client/wire.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView } from '../../domain/view.ts';
import type { JournalReader } from '../../journal/journal.ts';
import { view } from './views.ts';

type Sent = { workflowId: string; name: string; args: unknown[] };

function facade({
  open = [],
  query,
  snapshot,
  journal = true,
}: {
  open?: PositionView[];
  query?: Wire['query'];
  snapshot?: AccountSnapshot | (() => Promise<AccountSnapshot>);
  journal?: boolean;
} = {}) {
  const sent: Sent[] = [];
  const wire: Wire = {
    update: async <Answer>(workflowId: string, { name }: { name: string }, args: unknown[]) => {
      sent.push({ workflowId, name, args });
      return view() as Answer; // what comes back does not matter to these tests
    },
    query:
      query ??
      (async <Answer>(workflowId: string) => open.find((one) => one.workflowId === workflowId) as Answer),
    run: async <Result>(name: string, workflowId: string, args: unknown[]) => {
      sent.push({ workflowId, name, args });
      return undefined as Result; // as above
    },
    find: async () => open.map(({ workflowId }) => ({ workflowId, runId: 'r', startedAt: '' })),
  };
  const reader: JournalReader = {
    positions: async (account) => open.filter((one) => one.account === (account ?? one.account)),
    trades: async () => [],
    trade: async () => undefined,
    events: async () => [],
    fills: async () => [],
    balances: async () => [],
    reconciliations: async () => [],
    reconciliationCounts: async () => ({}),
    uncoveredMs: async () => 0,
    syncReports: async () => [],
    close: async () => {},
  };
  const parts: FacadeParts = {
    wire,
    ...(journal && { journal: reader }),
    recheckMs: 0,
    ...(snapshot && { snapshot: typeof snapshot === 'function' ? snapshot : async () => snapshot }),
  };
  return { holdfast: createFacade(parts), sent };
}

const snapshotOf = (change: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  sequence: 1,
  takenAtMs: 0,
  readAtMs: 0,
  complete: true,
  problems: [],
  positions: [],
  orders: [],
  ...change,
});

const fails =
  (error: HoldfastError): Wire['query'] =>
  () =>
    Promise.reject(error);

describe('opening a position', () => {
  it('goes through the account, and every request has an id', async () => {
    const { holdfast, sent } = facade();
    await holdfast.openPosition('paper', {
      symbol: 'BTC/USDT:USDT',
      side: 'long',
      quantity: '1',
      requestId: 'r1',
    });
    await holdfast.openPosition('paper', { symbol: 'BTC/USDT:USDT', side: 'long', quantity: '1' });
    expect(sent[0]).toMatchObject({
      workflowId: 'account/paper',
      name: 'openPosition',
      args: [{ requestId: 'r1' }],
    });
    expect(sent[1]?.args).toMatchObject([{ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });
});

describe('bringing both sides together', () => {
  it('takes a position up through its account, and every request has an id', async () => {
    const { holdfast, sent } = facade();
    await holdfast.adopt('paper', { symbol: 'BTC/USDT:USDT', leg: 'net', policy: 'manage', requestId: 'r1' });
    await holdfast.adopt('paper', { symbol: 'BTC/USDT:USDT', leg: 'net' });
    expect(sent[0]).toEqual({
      workflowId: 'account/paper',
      name: 'adopt',
      args: [{ symbol: 'BTC/USDT:USDT', leg: 'net', policy: 'manage', requestId: 'r1' }],
    });
    expect(sent[1]?.args).toMatchObject([{ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });

  it('is a workflow that works on the accounts named, each by its own policy unless told', async () => {
    const { holdfast, sent } = facade();
    await holdfast.sync({ accounts: ['paper'] });
    await holdfast.sync({ accounts: ['paper'], policy: 'watch' });
    const asked = { version: 1, accounts: ['paper'], execute: true, cause: 'request' };
    expect(sent).toMatchObject([
      { name: 'sync', args: [{ ...asked, policy: null }] },
      { name: 'sync', args: [{ ...asked, policy: 'watch' }] },
    ]);
    expect(new Set(sent.map(({ workflowId }) => workflowId)).size).toBe(2);
  });

  it('diagnoses from the workflows where there is no journal', async () => {
    const { holdfast } = facade({
      open: [view({ tranches: [], policy: 'watch' })],
      journal: false,
      snapshot: snapshotOf(),
    });
    expect((await holdfast.diagnose('paper')).differences).toMatchObject([{ kind: 'only_here' }]);
    await expect(facade().holdfast.diagnose('paper')).rejects.toMatchObject({ code: 'exchange_unreachable' });
  });
});

describe('naming a position', () => {
  it('by symbol alone finds the only one', async () => {
    const { holdfast, sent } = facade({ open: [view(), view({ symbol: 'ETH/USDT:USDT' })] });
    await holdfast.close({ symbol: 'ETH/USDT:USDT' });
    expect(sent).toEqual([{ workflowId: 'position/paper/ETH/USDT:USDT/net', name: 'close', args: [{}] }]);
  });

  it('by symbol where two fit names both', async () => {
    const { holdfast } = facade({ open: [view({ leg: 'long' }), view({ leg: 'short' })] });
    await expect(holdfast.close({ symbol: 'BTC/USDT:USDT' })).rejects.toMatchObject({
      code: 'ambiguous',
      message:
        'Several positions in BTC/USDT:USDT are open. Say which: --account paper --leg long, or --account paper --leg short.',
    });
  });

  it('by a symbol that is not open says what is', async () => {
    const { holdfast } = facade({ open: [view()] });
    await expect(holdfast.show({ symbol: 'SOL/USDT:USDT' })).rejects.toMatchObject({
      code: 'no_such_position',
      message: 'There is no open position in SOL/USDT:USDT. Open: BTC/USDT:USDT.',
    });
  });

  it('by workflow id or by account and leg needs no list', async () => {
    const { holdfast, sent } = facade();
    await holdfast.setProtection({ workflowId: 'position/a/X/USDT:USDT/net' }, { stopLoss: null });
    await holdfast.setProtection(
      { symbol: 'X/USDT:USDT', account: 'a', leg: 'short' },
      { takeProfit: { percent: '1' } },
    );
    expect(sent.map(({ workflowId }) => workflowId)).toEqual([
      'position/a/X/USDT:USDT/net',
      'position/a/X/USDT:USDT/short',
    ]);
  });

  it('by something that is no workflow id is refused', async () => {
    await expect(facade().holdfast.show({ workflowId: 'account/paper' })).rejects.toMatchObject({
      code: 'no_such_position',
    });
  });
});

describe('showing a position', () => {
  it('falls back to the journal when no worker answers, and says so', async () => {
    const { holdfast } = facade({ open: [view()], query: fails(new HoldfastError('no_worker', '')) });
    await expect(holdfast.show({ symbol: 'BTC/USDT:USDT' })).resolves.toEqual({
      position: view(),
      answeredBy: 'projection',
      because: 'no_worker',
    });
  });

  it('hides no other fault behind the journal', async () => {
    const { holdfast } = facade({ open: [view()], query: fails(new HoldfastError('unexpected', 'boom')) });
    await expect(holdfast.show({ symbol: 'BTC/USDT:USDT' })).rejects.toMatchObject({ code: 'unexpected' });
  });
});

describe('listing positions', () => {
  it('without a journal asks the workflows, ordered by id', async () => {
    const { holdfast } = facade({ open: [view({ symbol: 'ETH/USDT:USDT' }), view()], journal: false });
    const symbols = (await holdfast.positions()).map(({ symbol }) => symbol);
    expect(symbols).toEqual(['BTC/USDT:USDT', 'ETH/USDT:USDT']);
  });

  it('trades without a journal say where it is made', async () => {
    await expect(facade({ journal: false }).holdfast.trades()).rejects.toMatchObject({ code: 'no_journal' });
  });
});

describe('check', () => {
  it('agrees when quantity, side, ids and live orders are the same', async () => {
    const snapshot = snapshotOf({
      positions: [
        {
          symbol: 'BTC/USDT:USDT',
          leg: 'net',
          side: 'long',
          quantity: '0.0500',
          exchangePositionId: '1742968678528512999',
        },
      ],
      orders: ['11', '12'].map((orderId) => ({
        orderId,
        symbol: 'BTC/USDT:USDT',
        leg: 'net',
        side: 'sell',
        kind: 'stop_market',
        status: 'open',
        quantity: '0.05',
        filledQuantity: '0',
        reduceOnly: true,
        closePosition: false,
      })),
    });
    const { holdfast } = facade({ open: [view()], snapshot });
    await expect(holdfast.check('paper')).resolves.toMatchObject({ agrees: true, differences: [] });
  });

  it('names every difference', async () => {
    const snapshot = snapshotOf({
      positions: [
        { symbol: 'BTC/USDT:USDT', leg: 'net', side: 'long', quantity: '0.04', exchangePositionId: '7' },
        { symbol: 'SOL/USDT:USDT', leg: 'net', side: 'short', quantity: '3' },
      ],
    });
    const { holdfast } = facade({
      open: [view(), view({ symbol: 'ETH/USDT:USDT', covered: false })],
      snapshot,
    });
    const { differences } = await holdfast.check('paper');
    expect(differences.map(({ symbol, kind }) => `${symbol} ${kind}`)).toEqual([
      'BTC/USDT:USDT quantity',
      'BTC/USDT:USDT position_id',
      'BTC/USDT:USDT missing_order',
      'BTC/USDT:USDT missing_order',
      'ETH/USDT:USDT only_here',
      'SOL/USDT:USDT only_at_exchange',
    ]);
  });

  it('does not report what was only under way', async () => {
    const at = (quantity: string) =>
      snapshotOf({ positions: [{ symbol: 'BTC/USDT:USDT', leg: 'net', side: 'long', quantity }] });
    const answers = [at('0.02'), at('0.05')];
    const { holdfast } = facade({
      open: [view({ exchangePositionId: null, tranches: [] })],
      snapshot: async () => answers.shift() ?? at('0.05'),
    });
    await expect(holdfast.check('paper')).resolves.toMatchObject({ agrees: true, differences: [] });
  });

  it('says nothing on a partial answer of the exchange', async () => {
    const { holdfast } = facade({
      snapshot: snapshotOf({ complete: false, problems: ['orders timed out'] }),
    });
    await expect(holdfast.check('paper')).rejects.toMatchObject({ code: 'exchange_unreachable' });
  });
});
