/** The three promises that the project began with, and the trade whose figures were lost once. */
import { expect, it } from 'vitest';
import { BTC_NET, BTC_VENUE, scenes } from '../support/scene.ts';

const setScene = scenes();

it('entry saves the position id', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const [position] = (await scene.books()).positions;
  const shown = await scene.shows(id, { exchangePositionId: position?.positionId });
  expect(shown.entryOrderId).not.toBe(shown.exchangePositionId);
  const written = await scene.journal.positions();
  expect(written).toMatchObject([
    { exchangePositionId: position?.positionId, entryOrderId: shown.entryOrderId },
  ]);
});

it('restart reconciles', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  await scene.stopWorkers();
  await scene.venue.control.trade({ ...BTC_NET, action: 'reduce', quantity: '0.02' });
  await scene.startWorkers();
  await scene.shows(id, { quantity: '0.03', covered: true, drift: false, tranches: [{ quantity: '0.03' }] });
  await scene.venue.control.trade({ ...BTC_NET, action: 'close' });
  await scene.ends(id, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
});

it('a close reaches the monitor', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  await scene.venue.control.trade({ ...BTC_NET, action: 'close', price: '65100' });
  const result = await scene.ends(id, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
  expect(await scene.journal.positions()).toEqual([]);
  expect(await scene.journal.trades()).toMatchObject([
    {
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      closePrice: '65100',
      exchangePositionId: result.exchangePositionId,
    },
  ]);
});

it('a long of 0.081 BTC from 109206.8, closed at 109953.4 outside, nets 51.6: the figures of the exchange', async () => {
  const scene = await setScene();
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '109206.8' });
  const id = await scene.openAndProtect({ quantity: '0.081' });
  await scene.shows(id, { entryPrice: '109206.8' });
  await scene.daysWithoutWorkers(1, () =>
    scene.venue.control.trade({ ...BTC_NET, action: 'close', price: '109953.4' }),
  );
  await scene.ends(id, { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION' });
  expect(await scene.journal.trades()).toMatchObject([
    {
      quantity: '0.081',
      entryPrice: '109206.8',
      closePrice: '109953.4',
      realizedPnl: '60.4746',
      netPnl: '51.5986',
      figuresSource: 'exchange',
    },
  ]);
});
