/** What a BingX key may do, in both forms that are documented, and in neither. */
import { describe, expect, it } from 'vitest';
import { withStub } from './bingx-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

const ROUTE = 'GET /openApi/v1/account/apiPermissions';
const setup = withStub();
const bare = (body: unknown): StubAnswer => ({ kind: 'json', body });

describe('the permissions of a BingX key', () => {
  it.each([
    ['numbers: read and futures', bare({ apiKey: 'k', permissions: [2, 3] }), true, false],
    ['numbers with 5, withdrawals', bare({ apiKey: 'k', permissions: [2, 3, 5] }), true, true],
    ['numbers as text', bare({ permissions: ['2', '3', '5'] }), true, true],
    ['numbers without futures', bare({ permissions: [2] }), false, false],
    ['a number that nobody documented', bare({ permissions: [2, 3, 9] }), true, 'unknown'],
    ['flags', bare({ enableFutures: true, enableWithdrawals: false }), true, false],
    ['flags with withdrawals', bare({ enableFutures: false, enableWithdrawals: true }), false, true],
    ['flags without a word on withdrawals', bare({ enableFutures: true }), true, 'unknown'],
    ['numbers and flags that disagree', bare({ permissions: [2, 3], enableWithdrawals: true }), true, true],
    ['the usual envelope', json({ permissions: [2, 3] }), true, false],
    ['another form', json({ rights: 'all' }), 'unknown', 'unknown'],
    ['no such endpoint', coded(100404, 'no such path'), 'unknown', 'unknown'],
  ])('%s', async (_, answer, trade, withdraw) => {
    setup.stub.on(ROUTE, answer);
    expect(await setup.exchange.health()).toMatchObject({
      permissions: { trade, withdraw },
      problems: [],
    });
  });

  it('are not known, and no "unknown" is passed off for an answer, while BingX cannot answer', async () => {
    setup.stub.on(ROUTE, { kind: 'text', status: 503, body: '<html>' });
    const health = await setup.exchange.health();
    expect(health.permissions).toBeUndefined();
    expect(health).toMatchObject({ reachable: true, positionMode: 'one-way' });
    expect(health.problems[0]).toMatch(/key permissions/);
  });

  it('never repeat the key that BingX echoes', async () => {
    setup.stub.on(ROUTE, bare({ apiKey: 'test-api-key', permissions: [2, 3] }));
    expect(JSON.stringify(await setup.exchange.health())).not.toContain('test-api-key');
  });
});
