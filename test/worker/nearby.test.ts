import { expect, it } from 'vitest';
import type { ExchangeActivities } from '../../activities/api.ts';
import { NOT_SERVED_HERE } from '../../contract/failures.ts';
import { createNearby } from '../../worker/nearby.ts';

const REFUSED = { type: NOT_SERVED_HERE, nonRetryable: true };
const askPrice = (account: string) => ({ account, symbol: 'BTC/USDT:USDT' });

/** The calls of an account whose prices are read like this. */
const callsThat = (readPrice: ExchangeActivities['readPrice']) =>
  // No other call is made.
  ({ readPrice }) as unknown as ExchangeActivities;

it('makes the calls of each account through its own gateway, and of no other', async () => {
  const { activities, serve } = createNearby();
  const stop = new AbortController();
  for (const price of ['1', '2'])
    void serve(
      `account-${price}`,
      callsThat(async () => ({ price })),
      stop.signal,
    );
  expect(await activities.readPrice(askPrice('account-1'))).toEqual({ price: '1' });
  expect(await activities.readPrice(askPrice('account-2'))).toEqual({ price: '2' });
  await expect(activities.readPrice(askPrice('account-3'))).rejects.toMatchObject(REFUSED);
});

it('takes no call for an account that it has stopped serving, and lets those under way end', async () => {
  const { activities, serve } = createNearby();
  const stop = new AbortController();
  const answer = Promise.withResolvers<{ price: string }>();
  let isOver = false;
  const over = serve(
    'main',
    callsThat(() => answer.promise),
    stop.signal,
  ).then(() => {
    isOver = true;
  });
  const underWay = activities.readPrice(askPrice('main'));
  stop.abort();
  await expect(activities.readPrice(askPrice('main'))).rejects.toMatchObject(REFUSED);
  expect(isOver).toBe(false);
  answer.resolve({ price: '7' });
  expect(await underWay).toEqual({ price: '7' });
  await over;
});

it('leaves what is more than its share to the queue of an account that hangs, and serves the others', async () => {
  const { activities, serve } = createNearby();
  const stop = new AbortController();
  const answer = Promise.withResolvers<{ price: string }>();
  void serve(
    'slow',
    callsThat(() => answer.promise),
    stop.signal,
  );
  void serve(
    'quick',
    callsThat(async () => ({ price: '2' })),
    stop.signal,
  );
  const asked = Array.from({ length: 60 }, () => activities.readPrice(askPrice('slow')));
  expect(await activities.readPrice(askPrice('quick'))).toEqual({ price: '2' });
  answer.resolve({ price: '1' });
  const ends = await Promise.allSettled(asked);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
  expect(await activities.readPrice(askPrice('slow'))).toEqual({ price: '1' });
});
