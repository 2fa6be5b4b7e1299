/** Opens positions and waits until they are as they should be. */
import type { OpenPositionRequest } from '../contract/messages.ts';
import type { PositionView } from '../domain/view.ts';
import { eventually } from '../test/support/eventually.ts';
import { ACCOUNT, symbolOf, type Setting } from './setting.ts';

const WITHIN_MS = 120_000;
/** Reading a thousand rows takes time that what is measured needs. */
const LOOK_EVERY_MS = 200;

export type Terms = Pick<OpenPositionRequest, 'quantity' | 'stopLoss' | 'takeProfit'>;

/** Open, covered, target resting, position id known, as the projection tells. */
export async function opened(
  setting: Setting,
  index: number,
  terms: Terms,
  account = ACCOUNT,
): Promise<PositionView> {
  const symbol = symbolOf(index);
  await setting.holdfast.openPosition(account, { symbol, side: 'long', ...terms });
  return eventually(async () => {
    const shown = (await setting.journal.positions(account)).find((position) => position.symbol === symbol);
    if (!shown || !isWhole(shown)) throw new Error(`${symbol} is not protected yet`);
    return shown;
  }, WITHIN_MS);
}

/** Opens all of them at once. @returns ms until every entry was on record, and until every one was whole */
export async function openedTogether(
  { holdfast, journal }: Setting,
  indexes: readonly number[],
  terms: Terms,
  { account = ACCOUNT, withinMs = 300_000 } = {},
): Promise<{ acceptedMs: number; protectedMs: number }> {
  const startedMs = Date.now();
  const symbols = new Set(indexes.map(symbolOf));
  const answers = await Promise.allSettled(
    [...symbols].map((symbol) => holdfast.openPosition(account, { symbol, side: 'long', ...terms })),
  );
  // After all of them: what is still asked when everything is closed fails in its own way.
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  const acceptedMs = Date.now() - startedMs;
  await eventually(
    async () => {
      const whole = (await journal.positions(account)).filter(
        (each) => symbols.has(each.symbol) && isWhole(each),
      );
      if (whole.length < symbols.size) throw new Error(`${whole.length} of ${symbols.size} are protected`);
    },
    withinMs,
    LOOK_EVERY_MS,
  );
  return { acceptedMs, protectedMs: Date.now() - startedMs };
}

const isWhole = (position: PositionView): boolean =>
  position.stage === 'open' &&
  position.covered &&
  (position.exchangePositionId !== null || position.identifiedBy === 'leg_and_epoch') &&
  position.tranches.every(({ takeProfit }) => takeProfit.state === 'live');
