import { expect, it } from 'vitest';
import { accountView } from '../../domain/account/account.ts';
import { accountCard } from '../../domain/account/account-card.ts';
import { checkHalt, haltedBy, resumed, type HaltState } from '../../domain/account/halt.ts';
import { account, T0 } from '../support/builders.ts';

const TOLD = { symbol: 'BTC/USDT:USDT', leg: 'net', orderIds: ['71'] } as const;
const told = (...orderIds: string[]) => ({ ...TOLD, orderIds });

it('scenario 53: strange orders in our own dialect halt entries, and the refusal names them', () => {
  const halted = haltedBy({}, told('71', '72'), T0);
  expect(checkHalt(halted, 'paper')).toEqual({
    code: 'halted',
    text: "entries on paper are halted: orders on BTC/USDT:USDT net bear Holdfast's mark, and nothing here placed them (71, 72, since 2026-01-02T03:04:05.000Z). Another copy may trade this account: end it, look at these orders, then resume",
  });
  expect(checkHalt({}, 'paper')).toBeNull();
});

it('more of them join the first, which stay; the same again change nothing', () => {
  const first = haltedBy({}, told('71'), T0);
  const more = haltedBy(first, told('71', '73'), T0 + 5_000);
  expect(more.halted).toMatchObject({ atMs: T0, orderIds: ['71', '73'] });
  expect(haltedBy(more, told('73'), T0 + 9_000)).toEqual({});
});

it('resume lifts it for the orders that were seen, not for others', () => {
  const halted = haltedBy({}, told('71'), T0);
  const lifted: HaltState = { ...halted, ...resumed(halted) };
  expect(checkHalt(lifted, 'paper')).toBeNull();
  expect(haltedBy(lifted, told('71'), T0)).toEqual({});
  expect(haltedBy(lifted, told('71', '74'), T0).halted?.orderIds).toEqual(['74']);
});

it.each([undefined, {}, { symbol: 'BTC/USDT:USDT', leg: 'net' }, told(), { ...TOLD, orderIds: '71' }])(
  'told %j, it changes nothing',
  // By hand from the Web UI a signal carries anything.
  (nothing) => expect(haltedBy({}, nothing as Parameters<typeof haltedBy>[1], T0)).toEqual({}),
);

it('names some of many', () => {
  const ids = Array.from({ length: 300 }, (_, index) => String(index));
  const halted = haltedBy({}, told(...ids), T0);
  expect(checkHalt(halted, 'paper')?.text).toMatch(/\(0, 1, 2, 3, 4, 195 more, since/);
});

it('is shown in the view and as an alarm on the card, beside a pause', () => {
  const halted = haltedBy({}, told('71'), T0);
  const state = account({ ...halted, paused: true, pausedReason: 'lunch' });
  expect(accountView(state).halted?.orderIds).toEqual(['71']);
  expect(accountView(account()).halted).toBeNull();
  expect(accountCard(state)).toMatch(/\*\*ALARM: entries are halted\.\*\* orders on BTC.*\(71, since/);
  expect(accountCard(state)).toMatch(/\*\*Entries are paused\*\*: lunch\./);
  expect(accountCard(account(halted))).not.toMatch(/Entries are on/);
});

it('the card shows every limit', () => {
  const limits = {
    maxOpenPositions: 3,
    maxOrders: 12,
    equityFloor: '500',
    dailyLoss: '100',
    dailyLossPercent: '5',
    allowedSymbols: ['BTC/USDT:USDT'],
  };
  expect(accountCard(account({ limits }))).toContain(
    [
      '| open positions | 0 of 3 |',
      '| notional of one | no limit |',
      '| notional of all | no limit |',
      '| open orders | 12 |',
      '| equity at least | 500 |',
      '| loss of a day | 100 or 5 % |',
      '| symbols | BTC/USDT:USDT |',
    ].join('\n'),
  );
});
