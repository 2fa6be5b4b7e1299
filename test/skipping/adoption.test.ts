/** Positions that no workflow keeps: taken up by policy after two sightings, or by request, and protected first. */
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { accountConfig } from '../../config/account.ts';
import { accountWorkflowId } from '../../contract/ids.ts';
import { adopt, type AdoptRequest } from '../../contract/messages.ts';
import { sub } from '../../domain/decimal.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { openGateway } from '../../worker/gateway.ts';
import { BTC, BTC_NET, scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

const ETH = 'ETH/USDT:USDT';
const SOL = 'SOL/USDT:USDT';
const idOf = (symbol: string): string => `position/paper/${symbol}/net`;
const venueSymbol = (symbol: string): string => symbol.replace('/', '-').replace(/:.*/, '');
const leg = (symbol: string) => ({ ...BTC_NET, symbol: venueSymbol(symbol) });

const byHand = (scene: Scene, symbol: string, quantity: string, direction: 'long' | 'short' = 'long') => {
  scene.opened.add(idOf(symbol));
  return scene.venue.control.trade({ ...leg(symbol), action: 'open', direction, quantity });
};

/** Somebody else with the account's keys. */
async function somebody(scene: Scene): Promise<Exchange> {
  const exchange = await openGateway(accountConfig(scene.config, 'paper'), pino({ level: 'silent' }));
  onTestFinished(() => exchange.close());
  return exchange;
}

async function rests(
  exchange: Exchange,
  order: Pick<OrderRequest, 'symbol' | 'kind' | 'quantity' | 'triggerPrice'>,
): Promise<string> {
  const outcome = await exchange.placeOrder({
    clientOrderId: `other${order.kind.slice(0, 4)}${order.quantity.replace('.', '')}`.replace('_', ''),
    leg: 'net',
    side: 'sell',
    workingType: 'CONTRACT_PRICE',
    reduceOnly: true,
    ...order,
  });
  if (outcome.outcome !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.orderId;
}

const working = async (scene: Scene, symbol: string) =>
  (await scene.books()).orders.filter(
    (order) =>
      order.symbol === venueSymbol(symbol) && (order.state === 'new' || order.state === 'partially_filled'),
  );

const asked = (scene: Scene, request: AdoptRequest) =>
  scene.client.workflow.getHandle(accountWorkflowId('paper')).executeUpdate(adopt, { args: [request] });

const refusalOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => 'it was not refused',
    (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
  );

/** What is told by hand, or names a market that is not there, costs the account nothing. */
async function expectUnharmed(scene: Scene): Promise<void> {
  const account = scene.client.workflow.getHandle(accountWorkflowId('paper'));
  const { account: _, ...gone } = { ...BTC_NET, symbol: 'GONE/USDT:USDT' };
  await account.signal('legEnded', { ...gone, epoch: 'e', left: true });
  await account.signal('legEnded', { left: true });
  await account.signal('unmanaged', { legs: [null, {}, gone] });
  await scene.eventually(async () => {
    const { events = [] } = await account.fetchHistory();
    expect(events?.some((event) => event.activityTaskFailedEventAttributes)).toBe(true);
  });
  expect((await account.describe()).status.name).toBe('RUNNING');
}

it('protects what was opened by hand, leaves orders alone that do so already, and takes up a flip', async () => {
  const scene = await setScene({ account: { symbols: { [SOL]: { stop_loss_pct: 2 } } } });
  const other = await somebody(scene);
  await scene.stopWorkers();
  await byHand(scene, BTC, '0.05');
  await byHand(scene, ETH, '1');
  const stopId = await rests(other, {
    symbol: ETH,
    kind: 'stop_market',
    quantity: '1',
    triggerPrice: '3000',
  });
  await scene.startWorkers();
  scene.opened.add(idOf(SOL));
  await scene.openAndProtect({ symbol: SOL, quantity: '10' });
  await scene.venue.control.trade({ ...leg(SOL), action: 'flip', quantity: '6' });

  const { positions } = await scene.books();
  const [btc] = positions.filter(({ symbol }) => symbol === venueSymbol(BTC));
  const adopted = await scene.shows(idOf(BTC), {
    stage: 'open',
    adopted: true,
    policy: 'protect',
    covered: true,
    quantity: '0.05',
    entryPrice: btc?.entryPrice,
    exchangePositionId: btc?.positionId,
  });
  expect(adopted.entryAt, 'the time of its first execution').not.toBeNull();
  expect(adopted.entryOrderId).not.toBeNull();
  const [stop, ...more] = await working(scene, BTC);
  expect(more).toEqual([]);
  expect(stop).toMatchObject({ type: 'STOP_MARKET', reduceOnly: true, stopPrice: '61750' });

  await scene.shows(idOf(ETH), { adopted: true, covered: true });
  expect((await working(scene, ETH)).map(({ orderId }) => orderId)).toEqual([stopId]);
  await scene.venue.control.cancelOrder('paper', stopId);
  await scene.booksShow(({ orders }) => {
    const own = orders.filter(({ symbol, state }) => symbol === venueSymbol(ETH) && state === 'new');
    expect(own).toMatchObject([{ type: 'STOP_MARKET', stopPrice: '3000' }]);
  });

  const flipped = await scene.shows(idOf(SOL), {
    adopted: true,
    side: 'short',
    quantity: '6',
    covered: true,
  });
  const trades = await scene.journal.trades({ account: 'paper', symbol: SOL });
  expect(trades).toMatchObject([
    { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION', side: 'long', quantity: '10', adopted: false },
  ]);
  expect(trades[0]?.epoch).not.toBe(flipped.epoch);

  await expectUnharmed(scene);
  await scene.venue.control.setPrice({ symbol: venueSymbol(BTC), last: '61700', path: 'walk' });
  await scene.ends(idOf(BTC), { exitReason: 'STOP_LOSS', adopted: true });
});

it('watches without placing anything, and manages once somebody says how', async () => {
  const scene = await setScene({ account: { adoption: { policy: 'watch' } } });
  await byHand(scene, BTC, '0.05');
  await byHand(scene, ETH, '1', 'short');
  await scene.shows(idOf(BTC), { adopted: true, policy: 'watch', covered: false });
  await scene.shows(idOf(ETH), { adopted: true, policy: 'watch', side: 'short' });
  await scene.daysWithoutWorkers(1);
  expect(await working(scene, BTC)).toEqual([]);
  expect((await scene.books()).positions).toHaveLength(2);

  await scene.venue.control.trade({ ...leg(ETH), action: 'close' });
  await scene.ends(idOf(ETH), { exitReason: 'EXCHANGE_CLOSED_RECONCILIATION', adopted: true });

  await scene.holdfast.setProtection({ workflowId: idOf(BTC) }, { stopLoss: { price: '64000' } });
  await scene.shows(idOf(BTC), { policy: 'manage', covered: true });
  await scene.holdfast.close({ workflowId: idOf(BTC) });
  await scene.ends(idOf(BTC), { exitReason: 'USER_CLOSE' });
});

it('ignores them where the policy says so, until somebody asks; takes over the orders that are there', async () => {
  const scene = await setScene({ account: { adoption: { policy: 'ignore' } } });
  const other = await somebody(scene);
  expect(await refusalOf(asked(scene, { symbol: BTC, leg: 'net' }))).toMatch(/shows no position/);
  expect(await refusalOf(asked(scene, { symbol: BTC, leg: 'up' as 'net' }))).toMatch(/leg must be/);
  await byHand(scene, BTC, '0.05');
  const stopId = await rests(other, {
    symbol: BTC,
    kind: 'stop_market',
    quantity: '0.05',
    triggerPrice: '64000',
  });
  await rests(other, { symbol: BTC, kind: 'take_profit_market', quantity: '0.05', triggerPrice: '66000' });
  await scene.eventually(async () => {
    const { unmanaged } = await scene.holdfast.account('paper');
    expect(unmanaged).toMatchObject([{ symbol: BTC, leg: 'net', quantity: '0.05', state: 'ignored' }]);
  });
  const request = { symbol: BTC, leg: 'net', policy: 'manage', requestId: 'old-bot-7' } as const;
  expect(await refusalOf(asked(scene, { ...request, stopLoss: { price: '70000' } }))).toMatch(
    /below the price/,
  );
  const answer = await asked(scene, request);
  expect(await asked(scene, request), 'the same again').toEqual(answer);
  expect(await refusalOf(asked(scene, { symbol: BTC, leg: 'net' }))).toMatch(/kept already/);

  const live = { state: 'live' };
  const shown = await scene.shows(answer.workflowId, {
    policy: 'manage',
    covered: true,
    tranches: [
      { stopLoss: { ...live, price: '64000', orderId: stopId }, takeProfit: { ...live, price: '66000' } },
    ],
  });
  expect(shown.uncoveredMs, 'never without a stop').toBe(0);
  expect(await working(scene, BTC)).toHaveLength(2);

  await scene.holdfast.setProtection({ workflowId: answer.workflowId }, { stopLoss: { price: '64500' } });
  await scene.booksShow(({ orders }) => {
    const stops = orders.filter(({ type, state }) => type === 'STOP_MARKET' && state === 'new');
    expect(stops).toMatchObject([{ stopPrice: '64500' }]);
  });
  await scene.venue.control.trade({ ...leg(BTC), action: 'reduce', quantity: '0.02' });
  await scene.shows(answer.workflowId, { quantity: sub('0.05', '0.02'), covered: true });
  await scene.venue.control.setPrice({ symbol: venueSymbol(BTC), last: '66000', path: 'walk' });
  await scene.ends(answer.workflowId, { exitReason: 'TAKE_PROFIT' });
});
