import { describe, expect, it } from 'vitest';
import { CANCEL, CANCEL_ALGO, ok, refused, withStub } from './binance-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';

describe('cancelling an order on Binance', () => {
  const setup = withStub();
  const cancel = (orderId: string) => setup.exchange.cancelOrder({ symbol: BTC, orderId });

  it('cancels by id, and proves that it was this order', async () => {
    setup.stub.on(CANCEL, ok({ orderId: 77, status: 'CANCELED' }));
    expect(await cancel('77')).toMatchObject({ outcome: 'cancelled' });
    setup.stub.on(CANCEL, ok({ orderId: 78, status: 'CANCELED' }));
    expect(await cancel('77')).toMatchObject({ outcome: 'unknown' });
    setup.stub.on(CANCEL, refused(-2011, 'Unknown order sent.'));
    expect(await cancel('77')).toMatchObject({ outcome: 'gone' });
    setup.stub.on(CANCEL, { kind: 'cut' });
    expect(await cancel('77')).toMatchObject({ outcome: 'unknown' });
  });

  it('trap: cancels an algo order at its own service, never an order of the same number', async () => {
    setup.stub.on(CANCEL_ALGO, ok({ algoId: 77, clientAlgoId: 'x', code: '200', msg: 'success' }));
    expect(await cancel('algo:77')).toMatchObject({ outcome: 'cancelled' });
    expect(sentTo(setup, CANCEL_ALGO)[0]?.params).toMatchObject({ algoId: '77' });
    expect(sentTo(setup, CANCEL)).toEqual([]);
    setup.stub.on(CANCEL_ALGO, refused(-2011, 'Unknown order sent.'));
    expect(await cancel('algo:77')).toMatchObject({ outcome: 'gone' });
  });

  it('does not know how it ends while the algo order is just triggering', async () => {
    setup.stub.on(CANCEL_ALGO, refused(-4117, 'stop order is triggering'));
    expect(await cancel('algo:77')).toMatchObject({ outcome: 'unknown' });
  });
});
