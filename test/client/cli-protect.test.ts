/** What `verify-protection` and `protect` print, ask and answer with. */
import { describe, expect, it } from 'vitest';
import type { AccountSnapshot, ExchangeOrder, OrderRequest } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { BTC, orderOf } from '../support/builders.ts';
import { aPosition, anOrder, createFakeExchange } from '../support/fake-exchange.ts';
import { configOf } from './config-of.ts';
import { holdfast, type Setting } from './fake-context.ts';

const config = configOf('accounts: { paper: { symbols: { btc: { take_profit_pct: 4 } } } }');
const live = configOf('accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S } }');

const ETH = aPosition({
  symbol: 'ETH/USDT:USDT',
  leg: 'short',
  side: 'short',
  quantity: '2',
  entryPrice: '3000',
});
const ETH_STOP = anOrder({
  orderId: '2',
  symbol: 'ETH/USDT:USDT',
  leg: 'short',
  side: 'buy',
  quantity: '2',
  triggerPrice: '3100',
});

/** An exchange that holds these positions, and the orders placed meanwhile. */
function exchangeWith(
  said: Partial<AccountSnapshot>,
  change: Partial<Exchange> = {},
): { exchange: Exchange; sent: OrderRequest[] } {
  const sent: OrderRequest[] = [];
  const fake = createFakeExchange({ account: 'paper', clock: { now: Date.now } });
  fake.say(async () => ({ ...said, orders: [...(said.orders ?? []), ...sent.map(asOrder)] }));
  fake.prices.set(BTC.symbol, { symbol: BTC.symbol, last: '50000', mark: '50000', atMs: 0 });
  const exchange: Exchange = {
    ...fake,
    marketRules: async () => BTC,
    placeOrder: async (request) => {
      sent.push(request);
      return { outcome: 'accepted', orderId: `${90 + sent.length}`, sentAtMs: 0, answeredAtMs: 0 };
    },
    close: async () => undefined,
    ...change,
  };
  return { exchange, sent };
}
const asOrder = (request: OrderRequest, index: number): ExchangeOrder => orderOf(request, `${91 + index}`);

const NAKED = { positions: [aPosition(), ETH], orders: [ETH_STOP] };
const COVERED = { positions: [aPosition(), ETH], orders: [ETH_STOP, anOrder()] };

const run = (line: string, setting: Setting) => holdfast(line, { config, ...setting });

describe('verify-protection', () => {
  it('shows every position with what covers it; code 0 where all are', async () => {
    const { code, out } = await run('verify-protection', exchangeWith(COVERED));
    expect(out).toMatchInlineSnapshot(`
      "ACCOUNT  SYMBOL         SIDE    QTY    ENTRY     STOP  TARGET  COVER
      paper    BTC/USDT:USDT  long   0.05  50000.1  49000.5       -  covered
      paper    ETH/USDT:USDT  short     2     3000     3100       -  covered
      all covered: 2 positions
      "
    `);
    expect(code).toBe(0);
  });

  it('ends with code 6 where a position is naked or covered in part', async () => {
    const naked = await run('verify-protection', exchangeWith(NAKED));
    expect(naked.out).toMatchInlineSnapshot(`
      "ACCOUNT  SYMBOL         SIDE    QTY    ENTRY  STOP  TARGET  COVER
      paper    BTC/USDT:USDT  long   0.05  50000.1     -       -  naked
      paper    ETH/USDT:USDT  short     2     3000  3100       -  covered
      not covered: 1 of 2 positions
      "
    `);
    const part = { ...COVERED, orders: [ETH_STOP, anOrder({ quantity: '0.02' })] };
    const partly = await run('verify-protection', exchangeWith(part));
    expect(partly.out).toContain('partly 0.02 of 0.05');
    expect([naked.code, partly.code]).toEqual([6, 6]);
  });

  it('believes the second reading: what a stop just closed is in the list a little longer', async () => {
    let readings = 0;
    const { exchange } = exchangeWith(NAKED);
    const snapshot = async () => ({
      ...(await exchange.snapshot()),
      positions: readings++ === 0 ? NAKED.positions : [ETH],
    });
    const { code } = await run('verify-protection', { exchange: { ...exchange, snapshot } });
    expect(code).toBe(0);
  });

  it('ends with code 5 where the exchange does not answer in full', async () => {
    const said = { ...COVERED, complete: false, problems: ['open orders: HTTP 503'] };
    const { code, out } = await run('verify-protection', exchangeWith(said));
    expect(code).toBe(5);
    expect(out).toMatch(/unknown paper: .*open orders: HTTP 503/);
  });

  it('says it as JSON', async () => {
    const { out } = await run('verify-protection --json', exchangeWith(NAKED));
    expect(JSON.parse(out)).toEqual([
      {
        account: 'paper',
        exchange: 'bingx',
        mode: 'paper',
        covered: false,
        positions: [
          {
            account: 'paper',
            symbol: 'BTC/USDT:USDT',
            leg: 'long',
            side: 'long',
            quantity: '0.05',
            entryPrice: '50000.1',
            exchangePositionId: '1792480725958881280',
            cover: 'naked',
            stopQuantity: '0',
            stopPrices: [],
            targetQuantity: '0',
            targetPrices: [],
            otherOrders: 0,
          },
          expect.objectContaining({ symbol: 'ETH/USDT:USDT', cover: 'covered', stopPrices: ['3100'] }),
        ],
        orders: [],
        left: [],
        checkedAt: expect.any(String),
        error: null,
      },
    ]);
  });
});

describe('protect', () => {
  it('places what is missing, and says so; code 0 when all is covered then', async () => {
    const { exchange, sent } = exchangeWith(NAKED);
    const { code, out } = await run('protect', { exchange });
    expect(out).toMatchInlineSnapshot(`
      "ACCOUNT  SYMBOL         SIDE    QTY    ENTRY     STOP   TARGET  COVER
      paper    BTC/USDT:USDT  long   0.05  50000.1  47500.1  52000.1  covered
      paper    ETH/USDT:USDT  short     2     3000     3100        -  covered
      placed stop 0.05 at 47500.1 for paper BTC/USDT:USDT long: 91
      placed target 0.05 at 52000.1 for paper BTC/USDT:USDT long: 92
      all covered: 2 positions
      "
    `);
    expect(code).toBe(0);
    expect(sent).toMatchObject([{ kind: 'stop_market' }, { kind: 'take_profit_market' }]);
  });

  it('places nothing with --check-only, and ends with code 6', async () => {
    const { exchange, sent } = exchangeWith(NAKED);
    const { code, out } = await run('protect --check-only', { exchange });
    expect(out).toContain('would place stop 0.05 at 47500.1 for paper BTC/USDT:USDT long');
    expect([code, sent]).toEqual([6, []]);
  });

  it('leaves to a running Holdfast what that keeps, unless it is forced', async () => {
    const { exchange, sent } = exchangeWith(NAKED);
    const kept = await run('protect', { exchange, keeps: [BTC.symbol] });
    expect(kept.out).toContain('left paper BTC/USDT:USDT long: a running Holdfast keeps it');
    expect([kept.code, sent]).toEqual([6, []]);
    const forced = await run('protect --force', { exchange, keeps: [BTC.symbol] });
    expect([forced.code, sent.length]).toEqual([0, 2]);
  });

  it('says what was refused, places no target without its stop, and ends with code 6', async () => {
    const { exchange } = exchangeWith(NAKED, {
      placeOrder: async () => ({
        outcome: 'refused',
        kind: 'protection_exists',
        reason: 'code 110406: a Stop Loss order already exists',
        sentAtMs: 0,
        answeredAtMs: 0,
      }),
    });
    const { code, out } = await run('protect', { exchange });
    expect(code).toBe(6);
    expect(out).toContain('refused stop 0.05 at 47500.1');
    expect(out).toContain('already exists');
    expect(out).not.toContain('target 0.05');
  });

  describe('on a live account', () => {
    const exchange = () => exchangeWith(NAKED);

    it('needs --yes where nobody can be asked, in JSON too', async () => {
      for (const [line, isTty] of [
        ['protect', false],
        ['protect --json', true],
      ] as const) {
        const { code, err } = await run(line, { ...exchange(), config: live, isTty });
        expect(code).toBe(2);
        expect(err).toMatch(/real money.*Add --yes/);
      }
      const { code } = await run('protect --check-only', { ...exchange(), config: live });
      expect(code).toBe(6);
    });

    it('shows the plan and asks a person', async () => {
      const { exchange: gateway, sent } = exchange();
      const asked: string[] = [];
      const confirm = (question: string) => asked.push(question) > 1;
      const setting = { exchange: gateway, config: live, isTty: true, confirm };
      const refused = await run('protect', setting);
      expect(refused.out).toMatch(/LIVE: real money[^]*would place stop[^]*Nothing was done/);
      expect([refused.code, sent]).toEqual([6, []]);
      const agreed = await run('protect', setting);
      expect([agreed.code, sent.length]).toEqual([0, 1]);
      expect(asked).toEqual(Array(2).fill('LIVE Real money: place these orders on main?'));
    });

    it('asks nobody with --yes', async () => {
      const { exchange: gateway, sent } = exchange();
      const { code } = await run('protect --yes', { exchange: gateway, config: live });
      expect([code, sent.length]).toEqual([0, 1]);
    });
  });
});
