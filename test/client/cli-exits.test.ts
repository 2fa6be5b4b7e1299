/** Stops, targets and what moves them, as people type them: what is asked for, and what is refused. */
import { describe, expect, it } from 'vitest';
import type {
  AddTrancheRequest,
  CancelOrdersRequest,
  ClosePositionRequest,
  EntryFillRequest,
  MergeTranchesRequest,
  OpenPositionRequest,
  SetProtectionRequest,
} from '../../contract/messages.ts';
import { HoldfastError } from '../../client/errors.ts';
import type { Holdfast } from '../../client/api.ts';
import type { ClosingProgress } from '../../client/close-all.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { view } from './views.ts';

const btc = view();
const show = async () => ({ position: btc, answeredBy: 'workflow' as const });

/** Runs a command and gives the requests that reached the facade. */
async function asking(line: string) {
  const asked: [name: string, request: unknown][] = [];
  const note =
    <Request>(name: string) =>
    async (_: unknown, request?: Request) => (asked.push([name, request]), btc);
  const facade: Partial<Holdfast> = {
    show,
    openPosition: async (_, request: OpenPositionRequest) => {
      asked.push(['openPosition', request]);
      return { workflowId: btc.workflowId, runId: 'r', epoch: 'e', entryClientOrderId: 'c' };
    },
    setProtection: note<SetProtectionRequest>('setProtection'),
    close: note<ClosePositionRequest>('close'),
    addTranche: async (_, request: Omit<AddTrancheRequest, 'symbol' | 'leg'>) => {
      asked.push(['addTranche', request]);
      return { position: btc, trancheId: 't2', requestId: 'r' };
    },
    mergeTranches: note<MergeTranchesRequest>('mergeTranches'),
    cancelOrders: note<CancelOrdersRequest>('cancelOrders'),
    handleEntryFill: note<EntryFillRequest>('handleEntryFill'),
  };
  return { ...(await holdfast(line, { holdfast: facade })), asked };
}

const open = { symbol: 'BTC/USDT:USDT', side: 'long', quantity: '1' };

describe('protection on the command line', () => {
  it.each<[string, string, object]>([
    [
      'open btc long 1 --tp 1%:40 --tp 2%:30 --tp 3atr:30',
      'openPosition',
      {
        ...open,
        takeProfitLevels: [
          { at: { percent: '1' }, share: '40' },
          { at: { percent: '2' }, share: '30' },
          { at: { atr: '3' }, share: '30' },
        ],
      },
    ],
    [
      'open btc long 1 tp=1%:40,44_000:60%',
      'openPosition',
      {
        ...open,
        takeProfitLevels: [
          { at: { percent: '1' }, share: '40' },
          { at: { price: '44000' }, share: '60' },
        ],
      },
    ],
    [
      'open btc long 1 --tp 1%:40',
      'openPosition',
      { ...open, takeProfitLevels: [{ at: { percent: '1' }, share: '40' }] },
    ],
    [
      'open btc long 1 --sl 2atr --trail 1% --trail-from 2% --trail-step 0.1%',
      'openPosition',
      {
        ...open,
        stopLoss: { atr: '2' },
        trailing: { distance: { percent: '1' }, activation: { percent: '2' }, step: { percent: '0.1' } },
      },
    ],
    [
      'open btc long 1 --trail 150 --trail-step 15',
      'openPosition',
      { ...open, trailing: { distance: { distance: '150' }, step: { distance: '15' } } },
    ],
    [
      'open btc long 1 --break-even tp1+0.1% --time-exit 1.5h --no-instant-tp',
      'openPosition',
      {
        ...open,
        breakEven: { after: { targets: 1 }, offset: '0.1' },
        timeExit: { afterMinutes: 90 },
        instantTp: false,
      },
    ],
    [
      'open btc long 1 --sl none --tp none --trail none --time-exit none --instant-tp',
      'openPosition',
      { ...open, stopLoss: null, takeProfit: null, trailing: null, timeExit: null, instantTp: true },
    ],
    [
      'open btc long 1 --limit 42000 --visible 0.1 --break-even 1% --time-exit 2026-01-31T12:00Z',
      'openPosition',
      {
        ...open,
        limitPrice: '42000',
        visibleQuantity: '0.1',
        breakEven: { after: { percent: '1' } },
        timeExit: { at: '2026-01-31T12:00:00.000Z' },
      },
    ],
    [
      'set btc --tranche t2 --sl none --tp none --trail none --break-even none --time-exit none',
      'setProtection',
      { trancheId: 't2', stopLoss: null, takeProfit: null, trailing: null, breakEven: null, timeExit: null },
    ],
    ['set btc --break-even 43000', 'setProtection', { breakEven: { after: { price: '43000' } } }],
    ['set btc --time-exit 1d', 'setProtection', { timeExit: { afterMinutes: 1440 } }],
    [
      'tranche set btc t2 --trail 2ATR',
      'setProtection',
      { trancheId: 't2', trailing: { distance: { atr: '2' } } },
    ],
    [
      'tranche add btc 0.01 --sl 1% --tp none --limit 42000 --visible 0.005 --request-id r7',
      'addTranche',
      {
        quantity: '0.01',
        limitPrice: '42000',
        visibleQuantity: '0.005',
        stopLoss: { percent: '1' },
        takeProfit: null,
        requestId: 'r7',
      },
    ],
    ['tranche close btc t2 --quantity 0.01', 'close', { trancheId: 't2', quantity: '0.01' }],
    ['tranche merge btc', 'mergeTranches', {}],
    [
      'tranche merge btc t1 t3 --into t3 --sl 42000 --tp 2%',
      'mergeTranches',
      { trancheIds: ['t1', 't3'], into: 't3', stopLoss: { price: '42000' }, takeProfit: { percent: '2' } },
    ],
    ['close btc --limit 44000 --tranche t1', 'close', { limitPrice: '44000', trancheId: 't1' }],
    ['cancel-orders btc', 'cancelOrders', {}],
    ['cancel-orders btc --entry --tranche t1', 'cancelOrders', { roles: ['entry'], trancheId: 't1' }],
    ['fill-hint btc --order 77', 'handleEntryFill', { orderId: '77' }],
    ['fill-hint btc', 'handleEntryFill', {}],
  ])('%s', async (line, name, request) => {
    const { asked, code, err } = await asking(line);
    expect({ err, asked }).toEqual({ err: '', asked: [[name, request]] });
    expect(code).toBe(0);
  });

  it.each([
    [
      'open btc long 1 --tp 1% --tp 2%',
      'Say how many percent each of several targets closes: --tp 1%:40 --tp 2%:60.',
    ],
    [
      'open btc long 1 --tp 1%:140',
      '"1%:140" is not a target. Write where, and how many percent are closed there: 1%:40.',
    ],
    ['open btc long 1 --trail-from 2%', 'Say how far behind it trails, too: --trail 1%.'],
    [
      'open btc long 1 --trail far',
      '"far" is not a distance to trail at. Write 1%, 2atr, or 150 for a price.',
    ],
    ['open btc long 1 --trail 1% --trail-step 1atr', '"1atr" is not a step. Write 0.1%, or 15 for a price.'],
    [
      'open btc long 1 --break-even tp0',
      '"tp0" is not a break-even. Write tp1 (after the first target), 1% or a price,',
    ],
    ['open btc long 1 --break-even tp1+2', '"tp1+2" is not a break-even.'],
    [
      'open btc long 1 --time-exit soon',
      '"soon" is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 90m, 2h or 1d.',
    ],
    ['open btc long 1 --visible 0.1', '--visible is for entries at a limit: add --limit PRICE.'],
    ['tranche add btc 0.1 --visible 0.01', '--visible is for entries at a limit: add --limit PRICE.'],
    ['set btc --trail none --trail-from 1%', '--trail none takes no --trail-from and no --trail-step.'],
    ['tranche set btc t2', 'Say what to set: --sl, --tp, --trail, --break-even or --time-exit.'],
    ['tranche ad btc 1', "unknown command 'ad'"],
    ['close', 'Say which position, or --all for every one.'],
    ['close btc --all', '--all closes everything at market: leave out btc.'],
    ['close --all --limit 1', '--all closes everything at market: leave out --limit.'],
  ])('%s is refused with what to write', async (line, text) => {
    const { code, err, asked } = await asking(line);
    expect(err).toContain(text);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
  });
});

describe('tranche list', () => {
  const [first] = btc.tranches;
  const two = view({
    tranches: [
      {
        ...first!,
        entryPrice: '43000',
        targets: [
          { id: '1', share: '40', quantity: '0', price: '43430', orderId: '1', state: 'filled' },
          { id: '2', share: '60', quantity: '0.03', price: '43860', orderId: '2', state: 'live' },
        ],
        trailing: { distance: '1 %', following: true, bestPrice: '43500' },
      },
      { ...first!, id: 't2', quantity: '0.1', requestId: 'r7', toEnter: '0.4' },
    ],
  });
  const setting = { holdfast: { show: async () => ({ position: two, answeredBy: 'workflow' as const }) } };

  it('fits a terminal of 80 columns', async () => {
    const { out } = await holdfast('tranche list btc', { ...setting, width: 80 });
    expect(out).toBe(
      [
        'TRANCHE       QTY  ENTRY   STOP  TARGETS                          MOVES',
        't1           0.05  43000  42500  43430 filled (40%), 43860 (60%)  trailing',
        't2       0.1 +0.4      -  42500  44000',
        '',
      ].join('\n'),
    );
  });

  it('gives all of it as JSON', async () => {
    const { out } = await holdfast('tranche list btc --json', setting);
    expect(JSON.parse(out)).toEqual(two.tranches);
  });
});

describe('close --all', () => {
  const of = (closed: number, failed: number, left: number): ClosingProgress => ({
    total: closed + failed + left,
    closed,
    failed,
    left,
    positions: [
      ...Array.from({ length: closed }, () => ({
        ...btc,
        state: 'closed' as const,
        exitReason: 'USER_CLOSE' as const,
      })),
      ...Array.from({ length: failed }, () => ({ ...btc, state: 'failed' as const, error: 'it hangs' })),
      ...Array.from({ length: left }, () => ({ ...btc, state: 'closing' as const })),
    ],
  });
  const closing = (steps: ClosingProgress[]): Partial<Holdfast> => ({
    closeAll: async (_, { onProgress } = {}) => {
      for (const step of steps) onProgress?.(step);
      return steps.at(-1) ?? of(0, 0, 0);
    },
  });

  it('tells in a log what changes, and the sum', async () => {
    const { code, out } = await holdfast('close --all', { holdfast: closing([of(0, 0, 1), of(1, 0, 0)]) });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'paper  BTC/USDT:USDT net  0.05  closing',
      'paper  BTC/USDT:USDT net  0.05  closed  USER_CLOSE',
      '1 of 1 position closed',
      '',
    ]);
  });

  it('on a terminal shows what is left first, and ends with 6 where something stays open', async () => {
    const { code, out } = await holdfast('close --all', {
      isTty: true,
      holdfast: closing([of(1, 1, 1)]),
    });
    expect(code).toBe(6);
    expect(out).toContain('1 of 3 positions closed, 1 left, 1 failed');
    expect(out.indexOf('it hangs')).toBeLessThan(out.indexOf('USER_CLOSE'));
  });

  it('answers in JSON alone', async () => {
    const { out } = await holdfast('close --all --json', { holdfast: closing([of(1, 0, 0)]) });
    expect(JSON.parse(out)).toMatchObject({ total: 1, closed: 1, positions: [{ state: 'closed' }] });
  });

  it('asks before it touches real money, and does nothing on a no', async () => {
    const config = configOf(
      'accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S }, paper: {} }',
    );
    const questions: string[] = [];
    const { out } = await holdfast('close --all', {
      config,
      isTty: true,
      confirm: (question) => (questions.push(question), false),
    });
    expect(questions).toEqual(['LIVE Real money: close every position of all accounts?']);
    expect(out).toBe('Nothing was done.\n');
    const paper = await holdfast('close --all --account paper', {
      config,
      isTty: true,
      holdfast: closing([]),
    });
    expect(paper.out).toContain('No position is open.');
  });

  it('passes a fault on', async () => {
    const fail = () => Promise.reject(new HoldfastError('server_unreachable', 'No Temporal server answers.'));
    expect((await holdfast('close --all', { holdfast: { closeAll: fail } })).code).toBe(5);
  });
});
