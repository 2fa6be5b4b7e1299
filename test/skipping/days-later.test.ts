/** No worker for days, and the market or a person acts meanwhile: the position finds out and tells the truth. */
import { expect, it } from 'vitest';
import type { Venue } from '../../venue/venue.ts';
import { BTC_NET, BTC_VENUE, scenes } from '../support/scene.ts';

const setScene = scenes();

type Control = Venue['control'];

const price = (control: Control, last: string) => control.setPrice({ symbol: BTC_VENUE, last, path: 'walk' });

async function idOf(control: Control, type: string): Promise<string> {
  const { orders } = await control.books('paper');
  const found = orders.find((order) => order.type === type && order.state === 'new');
  if (found === undefined) throw new Error(`no ${type} rests`);
  return found.orderId;
}

it('three quiet days change nothing', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const before = await scene.books();
  await scene.daysWithoutWorkers(3);
  await scene.shows(id, { stage: 'open', quantity: '0.05', covered: true, drift: false, findings: [] });
  expect((await scene.books()).orders).toEqual(before.orders);
  await price(scene.venue.control, '66400');
  await scene.ends(id, { exitReason: 'TAKE_PROFIT', quantity: '0' });
});

it.each<[string, string, (control: Control) => Promise<unknown>]>([
  ['its target filled', 'TAKE_PROFIT', (control) => price(control, '66300')],
  ['its stop filled', 'STOP_LOSS', (control) => price(control, '64300')],
  [
    'its stop slipped past a gap',
    'STOP_LOSS',
    (control) => control.setPrice({ symbol: BTC_VENUE, last: '60000' }),
  ],
  [
    'somebody closed it by hand',
    'EXCHANGE_CLOSED_RECONCILIATION',
    (control) => control.trade({ ...BTC_NET, action: 'close' }),
  ],
  [
    'somebody closed it in two steps',
    'EXCHANGE_CLOSED_RECONCILIATION',
    async (control) => {
      await control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.03', price: '65100' });
      await control.trade({ ...BTC_NET, action: 'close', price: '65200' });
    },
  ],
  ['it was liquidated', 'LIQUIDATION', (control) => control.liquidate(BTC_NET)],
  ['it was deleveraged', 'ADL', (control) => control.adl(BTC_NET)],
  [
    'it was reduced by hand, then its stop filled',
    'STOP_LOSS',
    async (control) => {
      await control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.02', price: '65100' });
      await price(control, '64300');
    },
  ],
  [
    'it was added to, then closed by hand',
    'EXCHANGE_CLOSED_RECONCILIATION',
    async (control) => {
      await control.trade({ ...BTC_NET, action: 'add', quantity: '0.02', price: '65100' });
      await control.trade({ ...BTC_NET, action: 'close' });
    },
  ],
])('days later %s: it ends as %s', async (_, exitReason, meanwhile) => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  await scene.daysWithoutWorkers(2, () => meanwhile(scene.venue.control));
  await scene.ends(id, { exitReason, quantity: '0' });
});

it.each<[string, string, (control: Control) => Promise<unknown>]>([
  [
    'half of it was closed by hand',
    '0.025',
    (control) => control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.025', price: '65500' }),
  ],
  [
    'it was added to by hand',
    '0.08',
    (control) => control.trade({ ...BTC_NET, action: 'add', quantity: '0.03', price: '65500' }),
  ],
  [
    'it was added to and reduced',
    '0.06',
    async (control) => {
      await control.trade({ ...BTC_NET, action: 'add', quantity: '0.03', price: '65500' });
      await control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.02', price: '65600' });
    },
  ],
  [
    'its stop was cancelled by hand',
    '0.05',
    async (control) => control.cancelOrder('paper', await idOf(control, 'STOP_MARKET')),
  ],
  [
    'its target was cancelled by hand',
    '0.05',
    async (control) => control.cancelOrder('paper', await idOf(control, 'TAKE_PROFIT_MARKET')),
  ],
  [
    'its stop vanished without a trace',
    '0.05',
    async (control) => control.vanishOrder('paper', await idOf(control, 'STOP_MARKET')),
  ],
])('days later %s: %s is open and protected', async (_, quantity, meanwhile) => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  await scene.daysWithoutWorkers(2, () => meanwhile(scene.venue.control));
  const live = { state: 'live' };
  const tranches = [{ quantity, stopLoss: live, takeProfit: live }];
  await scene.shows(id, { stage: 'open', quantity, covered: true, drift: false, tranches });
  await scene.booksShow(({ orders }) => {
    const resting = orders
      .filter(({ state }) => state === 'new')
      .map(({ type, quantity: size }) => `${type} ${size}`);
    expect(resting.toSorted()).toEqual([`STOP_MARKET ${quantity}`, `TAKE_PROFIT_MARKET ${quantity}`]);
  });
  await price(scene.venue.control, '64000');
  await scene.ends(id, { exitReason: 'STOP_LOSS', quantity: '0' });
});

it('days later it was turned round by hand: this position is closed, the other is not touched', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  await scene.daysWithoutWorkers(2, () => scene.venue.control.trade({ ...BTC_NET, action: 'flip' }));
  const result = await scene.finishes(id, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
  const { positions, orders, positionHistory } = await scene.books();
  expect(positions).toMatchObject([{ side: 'short', quantity: '0.05' }]);
  expect(orders.filter(({ state }) => state === 'new')).toEqual([]);
  expect(positionHistory).toMatchObject([{ positionId: result.exchangePositionId }]);
});
