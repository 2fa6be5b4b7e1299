/** Somebody changes the orders of a position in the exchange's app: followed, put right, and on record. */
import { expect, it } from 'vitest';
import type { TradeKey } from '../../domain/position/trade.ts';
import type { Books, OrderRow } from '../../venue/control/types.ts';
import { scenes, type Scene } from '../support/scene.ts';

const setScene = scenes();

const TYPES = { stop: 'STOP_MARKET', target: 'TAKE_PROFIT_MARKET' } as const;

const waiting = ({ orders }: Books, role: keyof typeof TYPES): OrderRow[] =>
  orders.filter(({ state, type }) => state === 'new' && type === TYPES[role]);

/** The only order of its role that rests. */
async function only(scene: Scene, role: keyof typeof TYPES): Promise<OrderRow> {
  const [first, ...more] = waiting(await scene.books(), role);
  if (!first || more.length > 0) throw new Error(`there is not one ${role}`);
  return first;
}

const told = async ({ journal }: Scene, { account, symbol, leg, epoch }: TradeKey, type: string) =>
  (await journal.events({ account, symbol, leg, epoch })).filter((event) => event.type === type);

it.each(['bingx', 'bybit', 'binance'] as const)(
  'scenario 65: on %s a stop that was moved and a target that was cut are replaced, each by one, without a gap',
  async (exchange) => {
    const scene = await setScene({ account: { exchange } });
    const id = await scene.openAndProtect();
    const [stop, target] = [await only(scene, 'stop'), await only(scene, 'target')];
    const { control } = scene.venue;

    await control.amendOrder('paper', stop.orderId, { stopPrice: '60000' });
    await scene.booksShow((books) => {
      expect(waiting(books, 'stop').map(({ stopPrice }) => stopPrice)).toEqual([stop.stopPrice]);
      expect(waiting(books, 'stop')[0]?.orderId).not.toBe(stop.orderId);
    });
    await control.amendOrder('paper', target.orderId, { quantity: '0.02' });
    await scene.booksShow((books) => {
      expect(waiting(books, 'target').map(({ quantity }) => quantity)).toEqual(['0.05']);
    });

    const position = await scene.shows(id, { covered: true, drift: false });
    expect(position.findings.map(({ code }) => code)).toContain('order_altered');
    await scene.eventually(async () =>
      expect(await told(scene, position, 'IntentAltered')).toMatchObject([
        { data: { triggerPrice: '60000' } },
        { data: { quantity: '0.02' } },
      ]),
    );
    await scene.holdfast.close({ workflowId: id });
    const { uncoveredMs } = await scene.finishes(id, { exitReason: 'USER_CLOSE' });
    expect(uncoveredMs).toBeLessThan(5_000);
    expect(waiting(await scene.books(), 'stop')).toEqual([]);
  },
);
