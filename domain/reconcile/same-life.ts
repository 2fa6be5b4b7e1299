/**
 * Whether a row of the right side, size and id is the position that we know, or what somebody made of it
 * while nobody watched: closed and opened again, added to and reduced again. Where no id says so, the
 * average entry does, and dates do. Pure.
 */
import { gt, isPositive } from '../decimal.ts';
import { isEntryPrice } from './closed-match.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import type { PositionState } from '../position/position.ts';
import { entryPrice } from '../position/quantities.ts';

/** What the exchange tells of a position's life, besides side, size and id. Dates by the gateway's clock. */
export type LifeSigns = Pick<ExchangePosition, 'entryPrice' | 'openedAtMs' | 'changedAtMs'>;

/** Times of one clock, which some exchanges tell in seconds, against the time of an answer about them. */
const SLACK_MS = 5_000;

/** Funding is paid at full hours, and an exchange may date that as a change, too. */
const FUNDING_EVERY_MS = 3_600_000;
const FUNDING_LASTS_MS = 60_000;

/** False where a sign contradicts what is known. One that is absent, or was stated before, contradicts nothing. */
export const sameLife = (state: PositionState, signs: LifeSigns): boolean =>
  sameEntry(state, signs) && !isUnknownChange(state, 'openedAtMs', signs) && !isUnknownTrade(state, signs);

/** The signs that a row carries. */
export const signsOf = ({ entryPrice: price, openedAtMs, changedAtMs }: ExchangePosition): LifeSigns => ({
  ...(price === undefined ? {} : { entryPrice: price }),
  ...(openedAtMs === undefined ? {} : { openedAtMs }),
  ...(changedAtMs === undefined ? {} : { changedAtMs }),
});

function sameEntry(state: PositionState, { entryPrice: shown }: LifeSigns): boolean {
  const known = entryPrice(state);
  if (shown === undefined || known === null || !isPositive(shown) || hasUnknownPrice(state)) return true;
  return isEntryPrice(state, shown, known);
}

/** An addition without a price makes any average possible. */
const hasUnknownPrice = ({ externals }: PositionState): boolean =>
  externals.some(({ quantity, price }) => price === null && gt(quantity, '0'));

/** A date of change that may be one of funding says nothing. */
const isUnknownTrade = (state: PositionState, signs: LifeSigns): boolean =>
  (signs.changedAtMs ?? 0) % FUNDING_EVERY_MS >= FUNDING_LASTS_MS &&
  isUnknownChange(state, 'changedAtMs', signs);

/** Whether nothing but a date of change contradicts what is known: executions settle that at once. */
export const onlyTraded = (state: PositionState, signs: LifeSigns): boolean =>
  sameEntry(state, signs) && !isUnknownChange(state, 'openedAtMs', signs);

/** Dated later than any change that is known of. */
function isUnknownChange(
  { intents, externals, adoptedAtMs, stated }: PositionState,
  sign: 'openedAtMs' | 'changedAtMs',
  signs: LifeSigns,
): boolean {
  const atMs = signs[sign];
  const known = [
    ...intents.flatMap(({ filledAtMs }) => filledAtMs ?? []),
    ...externals.map((change) => change.atMs),
    adoptedAtMs ?? 0,
    stated?.[sign] ?? 0,
  ];
  return atMs !== undefined && atMs > Math.max(...known) + SLACK_MS;
}
