/** What the reading commands print, at both widths and in JSON. */
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../client/errors.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { difference, trade, view } from './views.ts';

const btc = view();
const eth = view({
  symbol: 'ETH/USDT:USDT',
  side: 'short',
  stage: 'entering',
  quantity: '0.2',
  requestedQuantity: '1',
  entryPrice: '3000.12',
  covered: false,
  exchangePositionId: null,
  tranches: [
    {
      id: 't1',
      quantity: '0.2',
      stopLoss: { price: '3030', orderId: null, state: 'pending' },
      takeProfit: { price: null, orderId: null, state: 'none' },
    },
  ],
});

const live = configOf(
  'accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S }, paper: {} }',
);

describe('positions', () => {
  it('fit 80 columns', async () => {
    const { out, code } = await holdfast('positions', {
      width: 80,
      holdfast: { positions: async () => [btc, eth] },
    });
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "SYMBOL         SIDE     QTY    ENTRY          STOP  TARGET  STAGE     COVER
      BTC/USDT:USDT  long    0.05  43000.5         42500   44000  open      covered
      ETH/USDT:USDT  short  0.2/1  3000.12  3030 pending    none  entering  NO STOP
      "
    `);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('say more at 140 columns', async () => {
    const { out } = await holdfast('positions', {
      width: 140,
      holdfast: { positions: async () => [btc, eth] },
    });
    expect(out).toMatchInlineSnapshot(`
      "SYMBOL         SIDE     QTY    ENTRY          STOP  TARGET  STAGE     COVER    ACCOUNT  SINCE (UTC)          POSITION ID          NOTES
      BTC/USDT:USDT  long    0.05  43000.5         42500   44000  open      covered  paper    2026-01-02 03:04:05  1742968678528512999
      ETH/USDT:USDT  short  0.2/1  3000.12  3030 pending    none  entering  NO STOP  paper    2026-01-02 03:04:05  -
      "
    `);
  });

  it('with exits that move fit 80 columns, and say which where there is room', async () => {
    const [first] = btc.tranches;
    if (!first) throw new Error('the view has a tranche');
    const moving = view({
      symbol: 'SOL/USDT:USDT',
      entryPrice: '65085.3714285714',
      timeExitAt: '2026-01-02T09:00:00.000Z',
      tranches: [
        {
          ...first,
          targets: [
            { id: '1', share: '40', quantity: '0', price: '43800', orderId: '8', state: 'filled' },
            { id: '2', share: '30', quantity: '0.015', price: '44000', orderId: '12', state: 'live' },
            { id: '3', share: '30', quantity: '0.015', price: '45000', orderId: '13', state: 'live' },
          ],
          trailing: { distance: '1 %', following: true, bestPrice: '43900' },
          breakEven: { after: 'the first target', reached: true },
        },
      ],
    });
    const shown = async (width: number) =>
      (await holdfast('positions', { width, holdfast: { positions: async () => [btc, moving] } })).out;
    const narrow = await shown(80);
    expect(narrow).toMatchInlineSnapshot(`
      "SYMBOL         SIDE   QTY      ENTRY   STOP    TARGET  STAGE  COVER
      BTC/USDT:USDT  long  0.05    43000.5  42500     44000  open   covered
      SOL/USDT:USDT  long  0.05  65085.371  42500  44000 +1  open   covered
      "
    `);
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(await shown(140)).toContain('trailing, break-even, until 01-02 09:00');
    const watched = await holdfast('positions --watch', { holdfast: { positions: async () => [moving] } });
    expect(watched.out).toContain('target 44000 +1  covered  trailing, break-even, until 01-02 09:00');
  });

  it('that are none say so', async () => {
    expect(await holdfast('positions', { holdfast: { positions: async () => [] } })).toEqual({
      code: 0,
      out: 'No position is open.\n',
      err: '',
    });
  });

  it('of a copy that does not run are shown as they were left', async () => {
    const { out } = await holdfast('positions', { isDown: true, holdfast: { positions: async () => [btc] } });
    expect(out.split('\n')[0]).toBe('Nothing runs here now: this is how it was left. npm start goes on.');
  });

  it('in JSON are the views as they are', async () => {
    const { out } = await holdfast('positions --json', { holdfast: { positions: async () => [btc] } });
    expect(JSON.parse(out)).toEqual([btc]);
  });

  it('that are watched without a terminal print a line each', async () => {
    const { out } = await holdfast('positions --watch', { holdfast: { positions: async () => [btc, eth] } });
    expect(out).toMatchInlineSnapshot(`
      "BTC/USDT:USDT  long 0.05 @ 43000.5  stop 42500  target 44000  covered
      ETH/USDT:USDT  short 0.2/1 @ 3000.12  stop 3030 pending  target none  entering
      "
    `);
  });

  it('with real money stand under a red line', async () => {
    const { out } = await holdfast('positions', {
      colors: true,
      holdfast: { positions: async () => [view({ mode: 'live' })] },
    });
    expect(out.split('\n')[0]).toBe('\u001b[1m\u001b[31mLIVE: real money\u001b[39m\u001b[22m');
  });
});

describe('show', () => {
  it('prints the whole position', async () => {
    const { out } = await holdfast('show btc', {
      holdfast: {
        show: async () => ({
          position: view({
            findings: [{ kind: 'alarm', code: 'uncovered', text: 'no stop rests', atMs: 0 }],
          }),
          answeredBy: 'workflow',
        }),
      },
    });
    expect(out).toMatchInlineSnapshot(`
      "BTC/USDT:USDT  long 0.05  open  covered

      account       paper on bingx, paper, leg net
      entry         43000.5  2026-01-02 03:04:05
      entry order   1742968678528512001  client id hfe1n1
      position id   1742968678528512999
      watches       CONTRACT_PRICE
      tranche t1    0.05
        stop        42500  live  order 11
        target      44000  live  order 12
      without cover 420 ms
      compared      2026-01-02 03:05:00, agrees
      alarm         no stop rests  1970-01-01 00:00:00
      next          Waiting for the market.
      workflow      position/paper/BTC/USDT:USDT/net
      "
    `);
  });

  it('says how old it is when the workflow did not answer', async () => {
    const { out } = await holdfast('show btc', {
      holdfast: { show: async () => ({ position: btc, answeredBy: 'projection', because: 'no_worker' }) },
    });
    expect(out.split('\n')[0]).toBe('As written down 30 s ago: its workflow does not answer (no_worker).');
  });

  it("names somebody else's orders on the leg, with what each may do", async () => {
    const order = {
      orderId: '77',
      side: 'sell',
      quantity: '0.05',
      price: null,
      triggerPrice: '42000',
    } as const;
    const stop = { ...order, kind: 'stop_market', closePosition: false, closes: true, covers: true } as const;
    const foreignOrders = [
      stop,
      { ...stop, orderId: '78', closePosition: true, origin: 'leftover' } as const,
    ];
    const { out } = await holdfast('show btc', {
      holdfast: { show: async () => ({ position: view({ foreignOrders }), answeredBy: 'workflow' }) },
    });
    expect(out.split('\n').filter((line) => line.startsWith('foreign order'))).toEqual([
      'foreign order stop_market sell 0.05 at 42000, order 77: a stop for this position',
      'foreign order stop_market sell everything at 42000, order 78: a stop for this position, left over from before',
    ]);
  });
});

describe('check', () => {
  const result = { account: 'paper', positions: 1, checkedAt: '', differences: [] };

  it('that agrees is one line', async () => {
    const ran = await holdfast('check', { holdfast: { check: async () => ({ ...result, agrees: true }) } });
    expect(ran).toEqual({ code: 0, out: 'ok paper: Holdfast and exchange agree on 1 position\n', err: '' });
  });

  it('of several accounts compares the others when one exchange does not answer, and ends with 5', async () => {
    const check = async (account: string) => {
      if (account === 'main') throw new HoldfastError('exchange_unreachable', 'It does not answer.');
      return { ...result, account, agrees: true };
    };
    const { code, out } = await holdfast('check', { config: live, holdfast: { check } });
    expect({ code, out }).toEqual({
      code: 5,
      out: 'LIVE: real money\nunknown main: It does not answer.\nok paper: Holdfast and exchange agree on 1 position\n',
    });
    const json = await holdfast('check --json', { config: live, holdfast: { check } });
    expect(JSON.parse(json.out)).toMatchObject([
      { account: 'main', agrees: null, error: 'It does not answer.' },
      { account: 'paper', agrees: true },
    ]);
  });

  it('that finds a difference names it and ends with 6', async () => {
    const differences = [difference()];
    const { code, out } = await holdfast('check', {
      holdfast: { check: async () => ({ ...result, agrees: false, differences }) },
    });
    expect({ code, out }).toEqual({
      code: 6,
      out: 'differs paper: 1 difference\n  BTC/USDT:USDT net: 0.05 here, 0.04 at the exchange\n',
    });
  });
});

describe('journal', () => {
  const rows = [
    trade(),
    trade({
      symbol: 'ETH/USDT:USDT',
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      netPnl: '-3.2',
      realizedPnl: '-3',
      fees: '0.2',
    }),
    trade({
      symbol: 'SOL/USDT:USDT',
      exitReason: 'USER_CLOSE',
      netPnl: null,
      realizedPnl: null,
      fees: null,
      closePrice: null,
    }),
  ];

  it('fits 80 columns', async () => {
    const { out } = await holdfast('journal', { width: 80, holdfast: { trades: async () => rows } });
    expect(out).toMatchInlineSnapshot(`
      "CLOSED UTC   SYMBOL         SIDE     ENTRY     CLOSE      NET  REASON
      01-02 04:04  BTC/USDT:USDT  long  109206.8  109953.4   +51.60  TAKE_PROFIT
      01-02 04:04  ETH/USDT:USDT  long  109206.8  109953.4    -3.20  EXCHANGE_CLOSED
      01-02 04:04  SOL/USDT:USDT  long  109206.8         -  unknown  USER_CLOSE
      "
    `);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says everything at 140 columns', async () => {
    const { out } = await holdfast('journal', { width: 140, holdfast: { trades: async () => rows } });
    expect(out).toMatchInlineSnapshot(`
      "CLOSED (UTC)         SYMBOL         SIDE   QTY     ENTRY     CLOSE      NET  REASON                          ACCOUNT    GROSS  FEES  FUNDING
      2026-01-02 04:04:05  BTC/USDT:USDT  long  0.05  109206.8  109953.4   +51.60  TAKE_PROFIT                     paper     +57.14  5.54        0
      2026-01-02 04:04:05  ETH/USDT:USDT  long  0.05  109206.8  109953.4    -3.20  EXCHANGE_CLOSED_RECONCILIATION  paper      -3.00   0.2        0
      2026-01-02 04:04:05  SOL/USDT:USDT  long  0.05  109206.8         -  unknown  USER_CLOSE                      paper    unknown     -        0
      "
    `);
  });

  it('sums up what is known, and counts what is not', async () => {
    const { out } = await holdfast('journal --summary', { holdfast: { trades: async () => rows } });
    expect(out).toMatchInlineSnapshot(`
      "paper  3 trades, 1 won, 1 lost, 1 not settled yet
        net +48.40  fees 5.74  funding 0  without cover 1 s
            1  TAKE_PROFIT
            1  EXCHANGE_CLOSED_RECONCILIATION
            1  USER_CLOSE
      "
    `);
  });

  it('lists what was brought in line, and what the account was worth', async () => {
    const atMs = Date.parse('2026-01-02T03:04:05Z');
    const key = { account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net', epoch: 'e', sequence: 3 } as const;
    const reconciled = { ...key, kind: 'closed_outside', atMs, text: 'closed at the exchange' } as const;
    const worth = {
      account: 'paper',
      asset: 'USDT',
      atMs,
      equity: '1000.5',
      available: '900',
      why: 'hint',
    } as const;
    const asked: unknown[] = [];
    const setting = {
      holdfast: {
        reconciliations: async (query: unknown) => (asked.push(query), [reconciled]),
        balances: async (query: unknown) => (asked.push(query), [worth]),
      },
    };
    expect((await holdfast('journal --reconciliations --symbol btc', setting)).out).toMatchInlineSnapshot(`
      "AT (UTC)             ACCOUNT  SYMBOL         LEG  KIND            WHAT
      2026-01-02 03:04:05  paper    BTC/USDT:USDT  net  closed_outside  closed at the exchange
      "
    `);
    expect((await holdfast('journal --balances -a paper', setting)).out).toMatchInlineSnapshot(`
      "AT (UTC)             ACCOUNT  ASSET  EQUITY  AVAILABLE  WHY
      2026-01-02 03:04:05  paper    USDT   1000.5        900  hint
      "
    `);
    expect(asked).toEqual([
      { symbol: 'BTC/USDT:USDT', limit: 50 },
      { account: 'paper', limit: 50 },
    ]);
    expect(JSON.parse((await holdfast('journal --balances --json', setting)).out)).toEqual([worth]);
    expect((await holdfast('journal --balances --summary', setting)).code).toBe(2);
  });

  it('asks for what was asked for', async () => {
    const asked: unknown[] = [];
    await holdfast('journal --symbol btc --since 2026-01-01 -n 3 --json', {
      holdfast: { trades: async (query) => (asked.push(query), rows) },
    });
    expect(asked).toEqual([{ symbol: 'BTC/USDT:USDT', sinceAt: '2026-01-01T00:00:00.000Z', limit: 3 }]);
  });
});

describe('config', () => {
  it('with a mistake in one account shows what holds, the mistake, and ends with 2', async () => {
    const config = configOf('accounts: { good: {}, bad: { leverge: 3 } }');
    const { code, out, err } = await holdfast('config', { config });
    expect(code).toBe(2);
    expect(out).toMatch(/name: good/);
    expect(err).toMatch(/accounts.bad.leverge: there is no such setting. Did you mean leverage\?/);
  });

  it('shows where the keys come from and never what they are', async () => {
    const { out } = await holdfast('config', { config: live });
    expect(out).toContain('credentials: $K and $S');
  });

  it('gives the JSON schema of its file', async () => {
    const { out } = await holdfast('config --schema');
    expect(JSON.parse(out)).toMatchObject({
      type: 'object',
      properties: { accounts: {}, use_position_monitor: {} },
    });
  });
});

describe('venue', () => {
  it('that does not run says how to start it', async () => {
    const { code, err } = await holdfast('venue prices');
    expect({ code, err }).toEqual({
      code: 5,
      err: 'error The venue does not answer. Start it with npm start, or name its port with --control-port.\n',
    });
  });
});

describe('help', () => {
  it('is no error and names the exit codes', async () => {
    const { code, out } = await holdfast('--help');
    expect(code).toBe(0);
    expect(out).toContain(
      'Exit codes: 0 ok, 1 unexpected, 2 usage, 3 refused, 4 not found, 5 unreachable, 6 found',
    );
  });
});
