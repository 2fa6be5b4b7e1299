/** What the facade sends for tranches and single orders, and how it follows what comes of it. */
import { describe, expect, it } from 'vitest';
import type { ClosingProgress } from '../../client/close-all.ts';
import { HoldfastError } from '../../client/errors.ts';
import { createFacade } from '../../client/holdfast.ts';
import type { Wire } from '../../client/wire.ts';
import type { PositionView } from '../../domain/view.ts';
import type { JournalReader } from '../../journal/journal.ts';
import { view } from './views.ts';

type Sent = { workflowId: string; name: string; args: unknown[] };

/** `answers`: what each workflow says one time after the other; the last one stands. */
function facade(answers: Record<string, (PositionView | HoldfastError)[]>, withEmptyJournal = false) {
  const sent: Sent[] = [];
  const next = async <Answer>(workflowId: string): Promise<Answer> => {
    const list = answers[workflowId] ?? [];
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer === undefined || answer instanceof HoldfastError)
      throw answer ?? new HoldfastError('unexpected', `the test has no answer of ${workflowId}`);
    return answer as Answer; // the test knows what it asks for
  };
  const wire: Wire = {
    update: async <Answer>(workflowId: string, { name }: { name: string }, args: unknown[]) => {
      sent.push({ workflowId, name, args });
      return workflowId.startsWith('account/') ? (undefined as Answer) : next<Answer>(workflowId); // not looked at
    },
    query: next,
    run: () => Promise.reject(new Error('the test runs nothing')),
    find: async () => Object.keys(answers).map((workflowId) => ({ workflowId, runId: 'r', startedAt: '' })),
  };
  // Nothing else of a journal is read here.
  const journal = { positions: async () => [] } as Pick<JournalReader, 'positions'> as JournalReader;
  return {
    holdfast: createFacade({ wire, askEveryMs: 0, ...(withEmptyJournal && { journal }) }),
    sent,
  };
}

const btc = view();
const eth = view({ symbol: 'ETH/USDT:USDT', quantity: '2' });
const named = (requestId: string) =>
  view({ tranches: [...btc.tranches, { ...btc.tranches[0]!, id: 't2', requestId }] });
const over = (before: PositionView): PositionView => ({
  ...before,
  stage: 'settling',
  quantity: '0',
  exitReason: 'USER_CLOSE',
});

describe('adding a tranche', () => {
  it('asks the account, and answers once the position shows it', async () => {
    const { holdfast, sent } = facade({ [btc.workflowId]: [btc, btc, named('r1')] });
    const added = await holdfast.addTranche(
      { workflowId: btc.workflowId },
      { quantity: '0.01', requestId: 'r1', stopLoss: { percent: '1' } },
    );
    expect(added).toMatchObject({ trancheId: 't2', requestId: 'r1', position: { tranches: [{}, {}] } });
    expect(sent).toEqual([
      {
        workflowId: 'account/paper',
        name: 'addTranche',
        args: [
          {
            symbol: 'BTC/USDT:USDT',
            leg: 'net',
            quantity: '0.01',
            requestId: 'r1',
            stopLoss: { percent: '1' },
          },
        ],
      },
    ]);
  });

  it('tells why the position did not take it', async () => {
    const text = 'the tranche r1 was not added: the position is closing';
    const refused = view({ findings: [{ kind: 'warning', code: 'tranche_refused', text, atMs: 0 }] });
    const { holdfast } = facade({ [btc.workflowId]: [refused] });
    const adding = holdfast.addTranche(
      { symbol: btc.symbol, account: 'paper', leg: 'net' },
      { quantity: '1', requestId: 'r1' },
    );
    await expect(adding).rejects.toMatchObject({
      code: 'refused',
      message: text,
      reasons: [{ code: 'tranche_refused' }],
    });
  });
});

describe('requests about a position', () => {
  it('go to its workflow by their names', async () => {
    const { holdfast, sent } = facade({ [btc.workflowId]: [btc] });
    const ref = { workflowId: btc.workflowId };
    await holdfast.mergeTranches(ref, { trancheIds: ['t1', 't2'], into: 't1' });
    await holdfast.cancelOrders(ref, { roles: ['entry'] });
    await holdfast.handleEntryFill(ref, { orderId: '7' });
    await holdfast.cancelOrders(ref);
    expect(sent.map(({ name, args }) => [name, ...args])).toEqual([
      ['mergeTranches', { trancheIds: ['t1', 't2'], into: 't1' }],
      ['cancelOrders', { roles: ['entry'] }],
      ['handleEntryFill', { orderId: '7' }],
      ['cancelOrders', {}],
    ]);
  });
});

describe('a position that runs and is not written down yet', () => {
  it('is found by its symbol all the same', async () => {
    const { holdfast, sent } = facade({ [btc.workflowId]: [btc] }, true);
    await holdfast.cancelOrders({ symbol: 'BTC/USDT:USDT' });
    expect(sent).toMatchObject([{ workflowId: btc.workflowId, name: 'cancelOrders' }]);
    await expect(holdfast.cancelOrders({ symbol: 'ETH/USDT:USDT' })).rejects.toMatchObject({
      code: 'no_such_position',
    });
  });

  it('is listed, and no longer once it is closed', async () => {
    expect(await facade({ [btc.workflowId]: [btc] }, true).holdfast.positions()).toEqual([btc]);
    const closed = { ...btc, stage: 'closed' as const };
    expect(await facade({ [btc.workflowId]: [closed] }, true).holdfast.positions()).toEqual([]);
  });

  it('is closed with all the others', async () => {
    const { holdfast } = facade({ [btc.workflowId]: [btc, over(btc)] }, true);
    expect(await holdfast.closeAll()).toMatchObject({ total: 1, closed: 1 });
  });
});

describe('closing everything', () => {
  it('closes each by itself and tells how far it is', async () => {
    const closing = view({ stage: 'closing' });
    const { holdfast, sent } = facade({
      [btc.workflowId]: [btc, closing, closing, over(btc)],
      [eth.workflowId]: [eth, over(eth)],
    });
    const told: ClosingProgress[] = [];
    const done = await holdfast.closeAll(undefined, { onProgress: (progress) => told.push(progress) });
    expect(sent.map(({ workflowId, name }) => `${name} ${workflowId}`).sort()).toEqual([
      `close ${btc.workflowId}`,
      `close ${eth.workflowId}`,
    ]);
    expect(told[0]).toMatchObject({ total: 2, closed: 0, left: 2 });
    expect(told.at(-1)).toEqual(done);
    expect(done).toMatchObject({ total: 2, closed: 2, failed: 0, left: 0 });
    expect(done.positions.map(({ symbol, exitReason }) => `${symbol} ${exitReason}`)).toEqual([
      'BTC/USDT:USDT USER_CLOSE',
      'ETH/USDT:USDT USER_CLOSE',
    ]);
  });

  it('one that fails holds up no other, and what is closed already is closed', async () => {
    const gone = new HoldfastError('no_such_position', 'it is over');
    const sick = new HoldfastError('no_worker', 'No worker takes the work.');
    const sol = view({ symbol: 'SOL/USDT:USDT' });
    const { holdfast } = facade({
      [btc.workflowId]: [btc, sick],
      [eth.workflowId]: [eth, gone],
      [sol.workflowId]: [sol, over(sol)],
    });
    const done = await holdfast.closeAll();
    expect(done).toMatchObject({ total: 3, closed: 2, failed: 1, left: 0 });
    expect(done.positions.find(({ state }) => state === 'failed')).toMatchObject({
      symbol: 'BTC/USDT:USDT',
      error: 'No worker takes the work.',
    });
  });

  it('what its stop closed while it was asked is closed', async () => {
    const late = new HoldfastError('refused', 'the position is closed already');
    const stopped: PositionView = { ...over(btc), exitReason: 'STOP_LOSS' };
    const { holdfast } = facade({
      [btc.workflowId]: [btc, late, stopped],
      [eth.workflowId]: [eth, late, eth],
    });
    const done = await holdfast.closeAll();
    expect(done.positions).toMatchObject([
      { state: 'closed', exitReason: 'STOP_LOSS' },
      { state: 'failed', error: 'the position is closed already' },
    ]);
  });

  it('does not wait for the next position of the same leg', async () => {
    const { holdfast } = facade({
      [btc.workflowId]: [btc, view({ stage: 'closing' }), view({ epoch: 'e2' })],
    });
    expect(await holdfast.closeAll()).toMatchObject({ closed: 1, positions: [{ exitReason: null }] });
  });

  it('whoever stops waiting hears what is left', async () => {
    const { holdfast, sent } = facade({ [btc.workflowId]: [btc] });
    expect(await holdfast.closeAll(undefined, { signal: AbortSignal.abort() })).toMatchObject({
      closed: 0,
      left: 1,
    });
    expect(sent).toEqual([]);
  });

  it('of nothing is done at once', async () => {
    const { holdfast } = facade({});
    expect(await holdfast.closeAll()).toEqual({ total: 0, closed: 0, failed: 0, left: 0, positions: [] });
  });
});
