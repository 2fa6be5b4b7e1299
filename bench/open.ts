/** Opens a position and waits until it is as it should be. */
import type { OpenPositionRequest } from '../contract/messages.ts';
import type { PositionView } from '../domain/view.ts';
import { eventually } from '../test/support/eventually.ts';
import { gt } from '../domain/decimal.ts';
import { ACCOUNT, marketOf, START_PRICE, symbolOf, type Setting } from './setting.ts';

const WITHIN_MS = 120_000;

export type Terms = Pick<OpenPositionRequest, 'quantity' | 'stopLoss' | 'takeProfit'>;

/** Open, covered, target resting, position id known, as the projection tells. */
export async function opened(setting: Setting, index: number, terms: Terms): Promise<PositionView> {
  const symbol = symbolOf(index);
  await setting.holdfast.openPosition(ACCOUNT, { symbol, side: 'long', ...terms });
  return eventually(async () => {
    const shown = (await setting.journal.positions(ACCOUNT)).find((position) => position.symbol === symbol);
    if (!shown || !isWhole(shown)) throw new Error(`${symbol} is not protected yet`);
    return shown;
  }, WITHIN_MS);
}

export const isWhole = (position: PositionView): boolean =>
  position.stage === 'open' &&
  position.covered &&
  (position.exchangePositionId !== null || position.identifiedBy === 'leg_and_epoch') &&
  position.tranches.every(({ takeProfit }) => takeProfit.state === 'live');

/** Takes a position's target away without a trace, so that closing it is the watcher's doing. */
export async function vanishTarget({ venue: { control } }: Setting, index: number): Promise<void> {
  const books = await control.books(ACCOUNT);
  const target = books.orders.find(
    ({ symbol, state, stopPrice }) =>
      symbol === marketOf(index) && state === 'new' && stopPrice !== null && gt(stopPrice, START_PRICE),
  );
  if (!target) throw new Error(`no target rests for ${marketOf(index)}`);
  await control.vanishOrder(ACCOUNT, target.orderId);
}
