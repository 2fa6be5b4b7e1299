/** What the acting commands ask for, and what they refuse. */
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../client/errors.ts';
import type { OpenPositionRequest, SetProtectionRequest } from '../../contract/messages.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { view } from './views.ts';

const btc = view();
const live = configOf(
  'accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S }, paper: {} }',
);

describe('open', () => {
  const answer = { workflowId: btc.workflowId, runId: 'r', epoch: 'e', entryClientOrderId: 'c' };
  const opening = async (line: string) => {
    const asked: { account: string; request: OpenPositionRequest }[] = [];
    const ran = await holdfast(line, {
      holdfast: { openPosition: async (account, request) => (asked.push({ account, request }), answer) },
    });
    return { ...ran, asked };
  };

  it.each([
    [
      'open btc long 0.05 --sl 1% --tp 44000',
      {
        symbol: 'BTC/USDT:USDT',
        side: 'long',
        quantity: '0.05',
        stopLoss: { percent: '1' },
        takeProfit: { price: '44000' },
      },
    ],
    [
      'open BTC-USDT sell 1e-2 sl=1.5% limit=42_000',
      {
        symbol: 'BTC/USDT:USDT',
        side: 'short',
        quantity: '0.01',
        stopLoss: { percent: '1.5' },
        limitPrice: '42000',
      },
    ],
    [
      'open ETHUSDT BUY 1 --working-type mark --request-id r7',
      { symbol: 'ETH/USDT:USDT', side: 'long', quantity: '1', workingType: 'MARK_PRICE', requestId: 'r7' },
    ],
  ])('%s', async (line, request) => {
    const { asked, code, out } = await opening(line);
    expect(asked).toEqual([{ account: 'paper', request }]);
    expect(code).toBe(0);
    expect(out).toContain(`holdfast show '${answer.workflowId}'`);
  });

  it.each([
    ['open btc sideways 1', 'Write long (or buy), or short (or sell).'],
    ['open b@d long 1', 'Write it like BTC/USDT:USDT, BTC-USDT, BTCUSDT or btc.'],
    ['open btc long zero', '"zero" is not an amount above 0, such as 0.05.'],
    ['open btc long 1 --sl -5', 'is neither a price such as 42500 nor a distance such as 1.5% or 2atr.'],
    ['open btc long 1 tpp=1', '"tpp=1" is not understood. Write sl=1%, tp=2% or limit=42000.'],
    ['open btc long 1 --account papre', 'There is no account papre; did you mean paper? Configured: paper.'],
    ['open btc long', "missing required argument 'quantity'"],
    ['opne btc long 1', '(Did you mean open?)'],
  ])('%s is refused with what to write', async (line, text) => {
    const { code, err, asked } = await opening(line);
    expect(err).toContain(text);
    expect(code).toBe(2);
    expect(asked).toEqual([]);
  });

  it('tells the limit that was hit', async () => {
    const text = 'max open positions is 3, and 3 are open or being opened';
    const refuse = () =>
      Promise.reject(new HoldfastError('refused', text, { reasons: [{ code: 'max_open_positions', text }] }));
    const { code, err } = await holdfast('open btc long 1', { holdfast: { openPosition: refuse } });
    expect({ code, err }).toEqual({
      code: 3,
      err: 'error Max open positions is 3, and 3 are open or being opened.\n',
    });
  });

  it('suggests the nearest symbol that the exchange lists', async () => {
    const refuse = () =>
      Promise.reject(new HoldfastError('unknown_symbol', 'BingX lists no market BCT/USDT:USDT'));
    const { code, err } = await holdfast('open bct long 1', {
      holdfast: { openPosition: refuse },
      exchange: { symbols: async () => ['ETH/USDT:USDT', 'BTC/USDT:USDT'] },
    });
    expect({ code, err }).toEqual({
      code: 4,
      err: 'error BingX lists no market BCT/USDT:USDT. Did you mean BTC/USDT:USDT?\n',
    });
  });

  it('says how to start a server that is not there', async () => {
    const fail = () =>
      Promise.reject(
        new HoldfastError(
          'server_unreachable',
          'No Temporal server answers at 127.0.0.1:7833. Start one with npm start, or name yours with --temporal.',
        ),
      );
    const { code, err } = await holdfast('open btc long 1', { holdfast: { openPosition: fail } });
    expect(code).toBe(5);
    expect(err).toContain('npm start');
  });

  it('asks before it touches real money, and does nothing on a no', async () => {
    const questions: string[] = [];
    const { out, code } = await holdfast('open btc long 1 --account main', {
      config: live,
      isTty: true,
      confirm: (question) => (questions.push(question), false),
    });
    expect(questions).toEqual(['LIVE Real money: open long 1 BTC/USDT:USDT on main?']);
    expect({ out, code }).toEqual({ out: 'Nothing was done.\n', code: 0 });
  });

  it('does not ask when told --yes', async () => {
    const { out } = await holdfast('open btc long 1 --account main --yes', {
      config: live,
      isTty: true,
      holdfast: { openPosition: async () => answer },
    });
    expect(out).toContain('LIVE: real money');
  });

  it('wants to know the account where there are several', async () => {
    const { code, err } = await holdfast('open btc long 1', { config: live });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error Say which account: --account main, or --account paper.\n',
    });
  });
});

describe('set', () => {
  it('moves the stop and takes the target away', async () => {
    const asked: SetProtectionRequest[] = [];
    const setting = {
      holdfast: {
        show: async () => ({ position: btc, answeredBy: 'workflow' as const }),
        setProtection: async (_: unknown, request: SetProtectionRequest) => (asked.push(request), btc),
      },
    };
    expect((await holdfast('set btc --sl 1.2% --tp none', setting)).code).toBe(0);
    expect(asked).toEqual([{ stopLoss: { percent: '1.2' }, takeProfit: null }]);
  });

  it('with nothing to set says what to write', async () => {
    expect(await holdfast('set btc')).toEqual({
      code: 2,
      out: '',
      err: 'error Say what to set: --sl, --tp, --trail, --break-even or --time-exit.\n',
    });
  });
});

describe('close', () => {
  it('takes a workflow id, and a part', async () => {
    const asked: unknown[] = [];
    await holdfast(['close', btc.workflowId, '--quantity', '0.01'], {
      holdfast: { close: async (ref, request) => (asked.push(ref, request), btc) },
    });
    expect(asked).toEqual([{ workflowId: btc.workflowId }, { quantity: '0.01' }]);
  });

  it('of a position that is not there ends with 4', async () => {
    const show = () =>
      Promise.reject(
        new HoldfastError('no_such_position', 'There is no open position in BTC/USDT:USDT. Nothing is open.'),
      );
    expect((await holdfast('close btc', { holdfast: { show } })).code).toBe(4);
  });
});

describe('pause', () => {
  it('tells the state of the account', async () => {
    const account = {
      account: 'paper',
      exchange: 'bingx',
      mode: 'paper',
      paused: true,
      pausedReason: 'lunch',
      halted: null,
      limits: { maxOpenPositions: 10 },
      legs: [],
    } as const;
    const { out } = await holdfast(['pause', '--reason', 'lunch'], {
      holdfast: { pause: async () => ({ ...account, legs: [], unmanaged: [] }) },
    });
    expect(out).toBe('paper on bingx, paper: paused: lunch, 0 of 10 positions\n');
  });
});
