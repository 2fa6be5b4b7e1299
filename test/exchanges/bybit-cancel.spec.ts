import { describe, expect, it } from 'vitest';
import { bodiesOf, CANCEL, coded, ok, ORDER_ID, withBybitStub } from './bybit-setup.ts';
import { BTC } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

describe('cancelling an order on Bybit', () => {
  const setup = withBybitStub();
  const cancel = () => setup.exchange.cancelOrder({ symbol: BTC, orderId: ORDER_ID });

  it('names the order by its own id alone, and proves that it was this one', async () => {
    setup.stub.on(CANCEL, ok({ orderId: ORDER_ID, orderLinkId: 'hfe1n1' }));
    expect(await cancel()).toMatchObject({ outcome: 'cancelled' });
    expect(bodiesOf(setup, CANCEL)).toEqual([{ category: 'linear', symbol: 'BTCUSDT', orderId: ORDER_ID }]);
    setup.stub.on(CANCEL, ok({ orderId: 'another', orderLinkId: '' }));
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
  });

  it.each([110001, 110008, 110010])(
    'is gone after %i: look it up, it may as well have been filled',
    async (code) => {
      setup.stub.on(CANCEL, coded(code, 'order not exists or too late to cancel'));
      expect(await cancel()).toMatchObject({ outcome: 'gone' });
    },
  );

  it.each<[string, StubAnswer]>([
    ['a cut connection', { kind: 'cut' }],
    ['an order that is being processed', coded(110079, 'The order is processing and can not be operated')],
    ['server error 10016', coded(10016, 'Server error.')],
  ])('is unknown after %s', async (_name, answer) => {
    setup.stub.on(CANCEL, answer);
    expect(await cancel()).toMatchObject({ outcome: 'unknown' });
  });
});
