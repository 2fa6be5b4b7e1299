/**
 * Do bot and exchange agree? Every difference between the positions kept here and one complete reading
 * of the same account. Pure, and it changes nothing.
 *
 * - A position is only ever compared with its own account, and with the leg it lives on.
 * - What follows from a difference is not told as another one: of a leg whose quantity or side differs,
 *   how much its stops cover is not judged; of one that is flat, neither are its orders.
 */
import { abs, div, eq, gt, sub, type Decimal } from '../decimal.ts';
import { compareOrders, ordersWithoutPosition } from './compare-orders.ts';
import { finder, type Difference, type Found } from './difference.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../exchange-truth.ts';
import { legProtections, type LegProtection } from './leg-protection.ts';
import type { LegName, Symbol } from '../terms.ts';
import type { PositionView } from '../view.ts';

/** Exchanges round averages to a tick, which for a cheap coin is some hundredths of a percent. */
const PRICE_TOLERANCE: Decimal = '0.0005';

export function compare(
  account: string,
  views: readonly PositionView[],
  snapshot: AccountSnapshot,
): Difference[] {
  const mine = views.filter((view) => view.account === account);
  const legs = new Map<string, LegSides>();
  const sidesOf = ({ symbol, leg }: { symbol: Symbol; leg: LegName }): LegSides => {
    const key = `${symbol} ${leg}`;
    const known = legs.get(key) ?? { symbol, leg, orders: [] };
    legs.set(key, known);
    return known;
  };
  for (const view of mine) sidesOf(view).view = view;
  for (const actual of legProtections(snapshot)) sidesOf(actual.position).actual = actual;
  for (const order of snapshot.orders) sidesOf(order).orders.push(order);
  return [...legs]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, sides]) => compareLeg(account, sides));
}

/** One leg, as both sides have it. */
type LegSides = {
  symbol: Symbol;
  leg: LegName;
  view?: PositionView;
  /** The position at the exchange, and how it is covered there. */
  actual?: LegProtection;
  orders: ExchangeOrder[];
};

/** An entry that has not filled yet holds nothing, and neither does a position that is settling. */
export const isHeld = (view: PositionView): boolean =>
  !eq(view.quantity, '0') && view.stage !== 'settling' && view.stage !== 'closed';

function compareLeg(account: string, { symbol, leg, view, actual, orders }: LegSides): Difference[] {
  const found = finder({ account, symbol, leg }, view?.workflowId ?? null);
  const held = view && isHeld(view) ? view : undefined;
  if (held && actual) return compareHeld(found, held, actual, orders);
  const strays = ordersWithoutPosition(found, account, view, orders);
  // An entry that fills at this moment is there before its position says so.
  if (actual) return [onlyThere(found, actual), ...strays];
  return held ? [onlyHere(found, held), ...strays] : strays;
}

const onlyHere = (found: Found, view: PositionView): Difference =>
  found('only_here', `Holdfast holds ${view.side} ${view.quantity}, the exchange holds nothing`, {
    here: view.quantity,
  });

const onlyThere = (found: Found, { position: { side, quantity }, cover }: LegProtection): Difference =>
  found(
    'only_at_exchange',
    `the exchange holds ${side} ${quantity}${COVER_TEXT[cover]}, Holdfast holds nothing`,
    { there: quantity },
  );

const COVER_TEXT = { covered: ' with a stop', partly: ' with a stop for a part', naked: ' without a stop' };

function compareHeld(
  found: Found,
  view: PositionView,
  actual: LegProtection,
  orders: readonly ExchangeOrder[],
): Difference[] {
  const { position } = actual;
  const list: Difference[] = [];
  const differs = (kind: 'side' | 'quantity' | 'position_id', here: string, there: string, what = ''): void =>
    void list.push(found(kind, `${what}${here} here, ${there} at the exchange`, { here, there }));
  if (view.side !== position.side) differs('side', view.side, position.side);
  if (!eq(view.quantity, position.quantity)) differs('quantity', view.quantity, position.quantity);
  const sameSize = list.length === 0;
  // Any change of quantity changes the average with it.
  if (sameSize) list.push(...comparePrice(found, view, position));
  if (
    view.exchangePositionId !== null &&
    position.exchangePositionId !== undefined &&
    view.exchangePositionId !== position.exchangePositionId
  )
    differs('position_id', view.exchangePositionId, position.exchangePositionId, 'position id ');
  return [...list, ...compareOrders(found, view, sameSize ? actual : undefined, orders)];
}

function comparePrice(
  found: Found,
  { entryPrice: here }: PositionView,
  { entryPrice: there }: ExchangePosition,
): Difference[] {
  if (there === undefined || eq(there, '0')) return [];
  if (here !== null && !gt(div(abs(sub(here, there)), there), PRICE_TOLERANCE)) return [];
  const text = `average entry ${here ?? 'unknown'} here, ${there} at the exchange`;
  return [found('price', text, { here, there })];
}
