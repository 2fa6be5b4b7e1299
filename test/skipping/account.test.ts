/** The account's gate: what it refuses and why, limits that hold under a rush, pause, and repeated requests. */
import { expect, it } from 'vitest';
import { HoldfastError } from '../../client/index.ts';
import type { OpenPositionRequest } from '../../contract/messages.ts';
import { BTC_NET, BTC_VENUE, LONG, scenes } from '../support/scene.ts';

const setScene = scenes();

it('names the reason of every refusal, and opens nothing', async () => {
  const limits = { max_notional_per_position: '5000', max_notional_total: '8000' };
  const scene = await setScene({ account: { limits } });
  const refusal = async (change: object): Promise<unknown> => {
    try {
      return await scene.open(change);
    } catch (error) {
      return error instanceof HoldfastError ? (error.reasons[0]?.code ?? error.code) : error;
    }
  };
  const cases: [object, string][] = [
    [{ side: 'up' }, 'bad_request'],
    [{ quantity: '-1' }, 'bad_request'],
    [{ stoploss: { percent: '1' } }, 'bad_request'],
    [{ quantity: '0.00005' }, 'under_minimum'],
    [{ quantity: '0.05005' }, 'off_lot'],
    [{ stopLoss: { price: '66000' } }, 'wrong_side'],
    [{ takeProfit: { price: '64000' } }, 'wrong_side'],
    [{ stopLoss: { price: '64000.01' } }, 'off_tick'],
    [{ symbol: 'NOPE/USDT:USDT' }, 'unknown_symbol'],
    [{ quantity: '0.08' }, 'max_notional_per_position'],
  ];
  for (const [change, code] of cases) expect(await refusal(change), JSON.stringify(change)).toBe(code);
  expect((await scene.books()).orders).toEqual([]);

  await scene.openAndProtect({ quantity: '0.07' });
  expect(await refusal({ quantity: '0.001' })).toBe('leg_busy');
  expect(await refusal({ symbol: 'ETH/USDT:USDT', quantity: '1.5' })).toBe('max_notional_total');
  await scene.holdfast.pause('paper', 'a holiday');
  expect(await refusal({ symbol: 'ETH/USDT:USDT', quantity: '0.1' })).toBe('paused');
  await scene.holdfast.resume('paper');
  await scene.openAndProtect({ symbol: 'ETH/USDT:USDT', quantity: '0.1' });
  expect((await scene.books()).positions.map(({ symbol }) => symbol).toSorted()).toEqual([
    'BTC-USDT',
    'ETH-USDT',
  ]);
});

it('gives the same position for the same request, also over a restart', async () => {
  const scene = await setScene();
  const request: OpenPositionRequest = { ...LONG, requestId: 'signal-17' };
  const first = await scene.holdfast.openPosition('paper', request);
  await scene.shows(first.workflowId, { stage: 'open', covered: true });
  await scene.stopWorkers();
  await scene.startWorkers();
  expect(await scene.holdfast.openPosition('paper', request)).toEqual(first);
  expect((await scene.books()).positions).toHaveLength(1);
});

it('holds its limit when ten ask at once', async () => {
  const scene = await setScene({ account: { limits: { max_open_positions: 3 } } });
  const markets: [string, string][] = [
    ['BTC', '0.01'],
    ['ETH', '0.2'],
    ['SOL', '3'],
    ['LTC', '5'],
    ['XRP', '500'],
  ];
  const asked = [...markets, ...markets].map(([base, quantity]) =>
    scene.open({ symbol: `${base}/USDT:USDT`, quantity }),
  );
  const answers = await Promise.allSettled(asked);
  const opened = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  expect(opened).toHaveLength(3);
  for (const id of opened) await scene.shows(id, { stage: 'open', covered: true });
  const { orders, positions } = await scene.books();
  expect(positions).toHaveLength(3);
  expect(orders.filter(({ type }) => type === 'MARKET')).toHaveLength(3);
});

it('keeps long and short of one symbol apart in hedge mode', async () => {
  const scene = await setScene({ account: { positionMode: 'hedge' } });
  const long = await scene.openAndProtect();
  const short = await scene.openAndProtect({ side: 'short', quantity: '0.03' });
  expect((await scene.books()).positions).toHaveLength(2);
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64350', path: 'walk' });
  await scene.ends(long, { exitReason: 'STOP_LOSS', leg: 'long' });
  await scene.shows(short, { stage: 'open', quantity: '0.03', covered: true });
  await scene.venue.control.trade({ ...BTC_NET, leg: 'short', action: 'close' });
  await scene.ends(short, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION', leg: 'short' });
});
