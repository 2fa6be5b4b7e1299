import { describe, expect, it } from 'vitest';
import {
  bodiesOf,
  coded,
  flat,
  HEDGE,
  KEY,
  LEVERAGE,
  list,
  ok,
  page,
  POSITIONS,
  WALLET,
  withBybitStub,
} from './bybit-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

describe('a Bybit account', () => {
  const setup = withBybitStub();

  it.each<[string, StubAnswer]>([
    ['one-way', list([flat(0)])],
    ['hedge', HEDGE],
  ])('is in %s mode by the rows that Bybit shows for a symbol', async (mode, rows) => {
    setup.stub.on(POSITIONS, rows);
    expect(await setup.exchange.positionMode()).toBe(mode);
    expect(sentTo(setup, POSITIONS)[0]?.params).toMatchObject({ symbol: 'BTCUSDT' });
  });

  it.each<[string, StubAnswer]>([
    ['no rows', list([])],
    ['rows of both', list([flat(0), flat(1)])],
  ])('has no mode that could be told by %s', async (_name, rows) => {
    setup.stub.on(POSITIONS, rows);
    await expect(setup.exchange.positionMode()).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('sets the leverage of both sides alike', async () => {
    setup.stub.on(LEVERAGE, ok({}));
    await setup.exchange.setLeverage(BTC, '7', 'long');
    expect(bodiesOf(setup, LEVERAGE)).toEqual([
      { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '7', sellLeverage: '7' },
    ]);
  });

  it('trap: setLeverage 110043 "not modified", which ccxt throws as BadRequest, is success', async () => {
    setup.stub.on(LEVERAGE, coded(110043, 'Set leverage has not been modified.'));
    await expect(setup.exchange.setLeverage(BTC, '7', 'long')).resolves.toBeUndefined();
    setup.stub.on(LEVERAGE, coded(110013, 'Cannot set leverage due to risk limit level.'));
    await expect(setup.exchange.setLeverage(BTC, '7', 'long')).rejects.toMatchObject({
      kind: 'refused',
      code: '110013',
    });
  });

  const wallet = (totalAvailableBalance: string, coin: readonly object[]) =>
    list([{ accountType: 'UNIFIED', totalAvailableBalance, coin }]);
  const usdt = {
    coin: 'USDT',
    equity: '1000.5',
    walletBalance: '990',
    totalPositionIM: '100',
    totalOrderIM: '40',
  };

  it.each<[string, StubAnswer, object]>([
    ['what the account has free', wallet('812.25', [usdt]), { equity: '1000.5', available: '812.25' }],
    ['what the coin has beside its margins, in isolated mode', wallet('', [usdt]), { available: '850' }],
    ['nothing of a coin that it never held', wallet('5', []), { equity: '0', available: '5' }],
  ])('tells %s', async (_name, answer, expected) => {
    setup.stub.on(WALLET, answer);
    expect(await setup.exchange.balance()).toMatchObject({ asset: 'USDT', ...expected });
  });

  it('takes no wallet for no answer', async () => {
    setup.stub.on(WALLET, list([]));
    await expect(setup.exchange.balance()).rejects.toMatchObject({ kind: 'bad_answer' });
  });
});

describe('the permissions of a Bybit key', () => {
  const setup = withBybitStub();
  const key = (permissions: object, readOnly = 0) => ok({ readOnly, permissions, apiKey: 'test-api-key' });

  it.each<[string, StubAnswer, unknown, unknown]>([
    ['orders of contracts', key({ ContractTrade: ['Order', 'Position'], Wallet: [] }), true, false],
    ['derivatives', key({ Derivatives: ['DerivativesTrade'], Wallet: ['AccountTransfer'] }), true, false],
    ['withdrawals', key({ ContractTrade: ['Order'], Wallet: ['AccountTransfer', 'Withdraw'] }), true, true],
    [
      'a wallet right that nobody documented',
      key({ ContractTrade: ['Order'], Wallet: ['Teleport'] }),
      true,
      'unknown',
    ],
    ['no word on the wallet', key({ ContractTrade: ['Order'] }), true, 'unknown'],
    ['spot only', key({ Spot: ['SpotTrade'], Wallet: [] }), false, false],
    ['all of it, but read only', key({ ContractTrade: ['Order'], Wallet: ['Withdraw'] }, 1), false, false],
    ['another form', ok({ rights: 'all' }), 'unknown', 'unknown'],
  ])('%s', async (_name, answer, trade, withdraw) => {
    setup.stub.on(KEY, answer);
    const health = await setup.exchange.health();
    expect(health).toMatchObject({ reachable: true, permissions: { trade, withdraw }, problems: [] });
    expect(JSON.stringify(health)).not.toContain('test-api-key');
  });

  it('are a problem, and not unknown, while Bybit cannot answer', async () => {
    setup.stub.on(KEY, page(503));
    const health = await setup.exchange.health();
    expect(health.permissions).toBeUndefined();
    expect(health).toMatchObject({ reachable: true, positionMode: 'one-way' });
    expect(health.problems[0]).toMatch(/key permissions/);
  });

  it('tells how far the clocks are apart', async () => {
    setup.stub.on(KEY, key({ Wallet: [] }));
    setup.stub.on('GET /v5/market/time', () => ({
      kind: 'json',
      body: { retCode: 0, result: {}, time: Date.now() + 5_000 },
    }));
    const { clockSkewMs = 0 } = await setup.exchange.health();
    expect(Math.abs(clockSkewMs - 5_000)).toBeLessThan(500);
  });
});
