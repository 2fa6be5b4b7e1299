/** The account's limits on a whole Holdfast: fifty at once, the day's loss, the equity floor, and the halt. */
import { expect, it, onTestFinished } from 'vitest';
import { accountConfig } from '../../config/account.ts';
import { connection } from '../../config/connection.ts';
import { accountWorkflowId } from '../../contract/ids.ts';
import { secondWriter } from '../../contract/messages.ts';
import { HoldfastError } from '../../client/index.ts';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import { createExchange } from '../../exchanges/create.ts';
import { lte, mul, sum } from '../../domain/decimal.ts';
import type { Books, OrderRow } from '../../venue/control/types.ts';
import { BTC, BTC_NET, BTC_VENUE, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

/** About 600 each. */
const MARKETS: [string, string][] = [
  ['BTC', '0.009'],
  ['ETH', '0.18'],
  ['SOL', '4'],
  ['LTC', '7'],
  ['XRP', '1000'],
  ['BNB', '1'],
  ['DOGE', '4000'],
];
const FIFTY = Array.from({ length: 7 }, () => MARKETS)
  .flat()
  .concat(MARKETS.slice(0, 1));

const reasonOf = (error: unknown) =>
  error instanceof HoldfastError ? error.reasons[0] : { code: String(error), text: '' };
const refusal = (asked: Promise<unknown>) => asked.then(() => ({ code: 'opened', text: '' }), reasonOf);

const isOpen = ({ state }: OrderRow): boolean => state === 'new' || state === 'partially_filled';
const worth = ({ positions }: Books) =>
  sum(positions.map(({ quantity, entryPrice }) => mul(quantity, entryPrice)));

/** The one trade that the journal has. */
async function rowOf({ journal }: Scene) {
  const [row] = await journal.trades();
  if (!row) throw new Error('the journal has no trade');
  return row;
}

async function openFifty(scene: Scene): Promise<{ opened: string[]; codes: Set<string | undefined> }> {
  const answers = await Promise.allSettled(
    FIFTY.map(([base, quantity]) => scene.open({ symbol: `${base}/USDT:USDT`, quantity })),
  );
  const opened = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const codes = new Set(
    answers.flatMap((each) => (each.status === 'rejected' ? [reasonOf(each.reason)?.code] : [])),
  );
  for (const id of opened) await scene.shows(id, { stage: 'open', covered: true });
  return { opened, codes };
}

it('fifty entries at the same moment never exceed the number of positions', async () => {
  const limits = { max_open_positions: 3 };
  const scene = await setScene({ account: { limits, adoption: { policy: 'ignore' } } });
  const byHand = {
    ...BTC_NET,
    symbol: 'XRP-USDT',
    action: 'open',
    direction: 'long',
    quantity: '10',
  } as const;
  await scene.venue.control.trade(byHand);
  const { opened, codes } = await openFifty(scene);
  expect(opened).toHaveLength(2);
  expect(codes).toEqual(new Set(['max_open_positions', 'leg_busy']));
  expect((await scene.books()).positions).toHaveLength(3);
});

it('nor the worth of all together', async () => {
  const scene = await setScene({ account: { limits: { max_notional_total: '2000' } } });
  const { opened, codes } = await openFifty(scene);
  expect(opened).toHaveLength(3);
  expect(codes).toEqual(new Set(['max_notional_total', 'leg_busy']));
  const books = await scene.books();
  expect(lte(worth(books), '2000'), worth(books)).toBe(true);
});

it('nor the number of orders', async () => {
  const scene = await setScene({ account: { limits: { max_orders: 8 } } });
  const { opened, codes } = await openFifty(scene);
  // Two need three each; once they are done with their entries, another three find room beside their four.
  expect(opened.length).toBeGreaterThanOrEqual(2);
  expect(codes).toEqual(new Set(['max_orders', 'leg_busy']));
  const { orders } = await scene.booksShow(({ orders: all }) =>
    expect(all.filter(isOpen)).toHaveLength(opened.length * 2),
  );
  expect(orders.filter(isOpen).length).toBeLessThanOrEqual(8);
});

it('the loss of the day counts as soon as it exists, and stays when it is realised', async () => {
  const limits = { daily_loss: '20', equity_floor: '99000' };
  const scene = await setScene({ account: { limits } });
  const price = (last: string) => scene.venue.control.setPrice({ symbol: BTC_VENUE, last, path: 'walk' });
  const eth = () => refusal(scene.open({ symbol: 'ETH/USDT:USDT', quantity: '0.18' }));
  const id = await scene.openAndProtect();
  await price('64500');
  const lost = await eth();
  expect(lost?.text).toMatch(
    /^today lost 25\S* \(closed 0, open -25\S*\), the limit is 20: entries go on at 00:00 UTC/,
  );
  await scene.holdfast.close({ workflowId: id });
  const { netPnl } = await scene.ends(id, { exitReason: 'USER_CLOSE' }).then(() => rowOf(scene));
  expect(await eth()).toMatchObject({
    code: 'daily_loss',
    text: expect.stringContaining(`(closed ${netPnl}, open 0)`),
  });
});

it('below the equity floor nothing is opened', async () => {
  const scene = await setScene({ account: { limits: { equity_floor: '100000.5' } } });
  const refused = await refusal(scene.open());
  expect(refused).toMatchObject({ code: 'equity_floor' });
  expect(refused?.text).toMatch(/^equity is 100000, below the floor of 100000.5: /);
  expect((await scene.books()).orders).toEqual([]);
});

it('scenario 53: a second writer halts entries, positions stay kept, and resume lifts it', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const account = scene.client.workflow.getHandle(accountWorkflowId('paper'));
  const told = { symbol: BTC, leg: 'net', orderIds: ['4711', '4712'] } as const;
  await account.signal(secondWriter, { ...told, orderIds: [...told.orderIds] });
  const eth = () => refusal(scene.open({ symbol: 'ETH/USDT:USDT', quantity: '0.18' }));
  expect(await eth()).toMatchObject({ code: 'halted', text: expect.stringContaining('(4711, 4712, since') });

  await scene.stopWorkers();
  await scene.startWorkers();
  expect((await scene.holdfast.account('paper')).halted?.orderIds).toEqual(['4711', '4712']);
  await scene.venue.control.setPrice({ symbol: BTC_VENUE, last: '64350', path: 'walk' });
  await scene.ends(id, { exitReason: 'STOP_LOSS' });

  await scene.holdfast.pause('paper', 'lunch');
  expect(await scene.holdfast.resume('paper')).toMatchObject({ halted: null, paused: false });
  await account.signal(secondWriter, { ...told, orderIds: ['4712'] });
  expect((await scene.holdfast.account('paper')).halted).toBeNull();
  await scene.openAndProtect({ symbol: 'ETH/USDT:USDT', quantity: '0.18' });
});

it('another copy that places an order on the account is noticed, and entries halt', async () => {
  const scene = await setScene();
  const id = await scene.openAndProtect();
  const other = await createExchange(connection(accountConfig(scene.config, 'paper')));
  onTestFinished(() => other.close());
  const leg = { account: 'paper', symbol: BTC, leg: 'net' } as const;
  const epoch = epochAt(Date.now() + 60_000);
  const placed = await other.placeOrder({
    clientOrderId: clientOrderId(leg, epoch, 'entry', 1),
    symbol: BTC,
    leg: 'net',
    side: 'buy',
    kind: 'limit',
    quantity: '0.01',
    price: '60000',
    reduceOnly: false,
  });
  if (placed.outcome !== 'accepted') throw new Error(`the other copy's order: ${placed.outcome}`);
  await scene.eventually(async () =>
    expect(await scene.holdfast.account('paper')).toMatchObject({ halted: { orderIds: [placed.orderId] } }),
  );
  const refused = await refusal(scene.open({ symbol: 'ETH/USDT:USDT', quantity: '0.18' }));
  expect(refused).toMatchObject({ code: 'halted', text: expect.stringContaining(placed.orderId) });
  await scene.shows(id, { stage: 'open', covered: true });
});
