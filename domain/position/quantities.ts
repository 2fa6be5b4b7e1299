/** What follows from a position's orders: open quantity, average entry, protective prices, cover. */
import {
  add,
  div,
  eq,
  gte,
  isPositive,
  isZero,
  max,
  min,
  mul,
  sub,
  sum,
  ZERO,
  type Decimal,
} from '../decimal.ts';
import type { Intent, IntentRole, PositionState } from './position.ts';

/** Decimals of a derived average: more than any exchange's tick. */
export const AVERAGE_PLACES = 10;

export const isDone = (intent: Intent): boolean => intent.status.name === 'done';
export const isLive = (intent: Intent): boolean => intent.status.name === 'live';

/** The terms under which an order rests: as it was sent, or as somebody altered it there. */
export const restingQuantity = ({ rests, request }: Intent): Decimal => rests?.quantity ?? request.quantity;
export const restingTrigger = ({ rests, request }: Intent): Decimal | undefined =>
  rests?.triggerPrice ?? request.triggerPrice;

/** The part of an order that can still execute. */
export const remaining = (intent: Intent): Decimal =>
  max(ZERO, sub(restingQuantity(intent), intent.filledQuantity));

export const intentsOf = (state: PositionState, role: IntentRole, trancheId?: string): Intent[] =>
  state.intents.filter(
    (intent) => intent.role === role && (trancheId === undefined || intent.trancheId === trancheId),
  );

/** Orders of a role that rest or may rest at the exchange. */
export const activeIntents = (state: PositionState, role: IntentRole, trancheId?: string): Intent[] =>
  intentsOf(state, role, trancheId).filter((intent) => !isDone(intent));

/**
 * Base units open in a tranche. What was closed in its name beyond what it had came out of the others,
 * the last one first: an exchange knows no tranches.
 */
export function trancheQuantity(state: PositionState, trancheId: string): Decimal {
  const balances = state.tranches.map(({ id }) => ({ id, balance: trancheBalance(state, id) }));
  let excess = sub(ZERO, sum(balances.map(({ balance }) => min(ZERO, balance))));
  for (const { id, balance } of balances.toReversed()) {
    const held = max(ZERO, balance);
    const taken = min(held, excess);
    if (id === trancheId) return sub(held, taken);
    excess = sub(excess, taken);
  }
  return ZERO;
}

/**
 * What own entries filled, less own exits, plus what others did: negative while an addition that an
 * own exit closed too is not known yet.
 */
export function trancheBalance(state: PositionState, trancheId: string): Decimal {
  const own = state.intents
    .filter((intent) => intent.trancheId === trancheId)
    .map((intent) => (intent.role === 'entry' ? intent.filledQuantity : sub(ZERO, intent.filledQuantity)));
  const others = state.externals
    .filter((change) => change.trancheId === trancheId)
    .map((change) => change.quantity);
  return sum([...own, ...others]);
}

/** Base units open. */
export const openQuantity = (state: PositionState): Decimal =>
  sum(state.tranches.map((tranche) => trancheQuantity(state, tranche.id)));

/** Whether anything was ever filled. */
export const everOpened = (state: PositionState): boolean =>
  state.intents.some((intent) => intent.role === 'entry' && isPositive(intent.filledQuantity)) ||
  state.externals.some((change) => isPositive(change.quantity));

/**
 * Average entry of what is open, as exchanges keep it: an addition is averaged in with what was open
 * at that time, a reduction leaves it. Null until a price is known.
 */
export function entryPrice(state: PositionState): Decimal | null {
  let open: Decimal = ZERO;
  let price: Decimal | null = null;
  // What the exchange stated of it holds from then on.
  const { entryPrice: stated = null, takenAtMs = 0 } = state.stated ?? {};
  let pending = stated;
  for (const change of changes(state)) {
    if (pending !== null && change.atMs > takenAtMs) [price, pending] = [pending, null];
    if (isPositive(change.quantity) && change.price !== null) {
      price = average([
        { quantity: open, price },
        { quantity: change.quantity, price: change.price },
      ]);
    }
    open = max(ZERO, add(open, change.quantity));
  }
  return pending ?? price;
}

/** Average entry of what is open in one tranche, in the same way; null until a price is known. */
export function trancheEntryPrice(state: PositionState, trancheId: string): Decimal | null {
  // What the exchange states, it states of the whole.
  if (state.tranches.length === 1) return entryPrice(state);
  const mine = <T extends { trancheId: string }>(all: T[]) =>
    all.filter((each) => each.trancheId === trancheId);
  const { stated: _whole, ...rest } = state;
  const part = { ...rest, intents: mine(state.intents), externals: mine(state.externals) };
  if (!isPositive(addedQuantity(state, trancheId))) return null;
  return entryPrice(part) ?? entryPrice(state);
}

/** Base units that were ever added to a tranche. */
export const addedQuantity = (state: PositionState, trancheId: string): Decimal =>
  add(
    sum(intentsOf(state, 'entry', trancheId).map((intent) => intent.filledQuantity)),
    sum(
      state.externals
        .filter((change) => change.trancheId === trancheId && isPositive(change.quantity))
        .map((change) => change.quantity),
    ),
  );

/** Everything that changed the quantity, oldest first; an own order's fills count as one, at the last. */
function changes(state: PositionState): { quantity: Decimal; price: Decimal | null; atMs: number }[] {
  const own = state.intents.map(({ role, filledQuantity, averagePrice, filledAtMs }) => ({
    quantity: role === 'entry' ? filledQuantity : sub(ZERO, filledQuantity),
    price: averagePrice,
    atMs: filledAtMs ?? 0,
  }));
  return [...own, ...state.externals].toSorted((a, b) => a.atMs - b.atMs);
}

/**
 * The lowest and highest price at which anything opened or added. The exchange's average lies between,
 * whichever of the changes came first: of an order that filled in parts only the last time is known.
 */
export function openingRange(state: PositionState): { low: Decimal; high: Decimal } | undefined {
  const prices = changes(state).flatMap(({ quantity, price }) =>
    isPositive(quantity) && price !== null ? [price] : [],
  );
  const [first] = prices;
  return first === undefined
    ? undefined
    : { low: prices.reduce(min, first), high: prices.reduce(max, first) };
}

/** Average price of everything that ever opened or added; null until a price is known. */
export function openingPrice(state: PositionState): Decimal | null {
  const own = intentsOf(state, 'entry').map((intent) => ({
    quantity: intent.filledQuantity,
    price: intent.averagePrice,
  }));
  const others = state.externals.map(({ quantity, price }) => ({ quantity, price }));
  return average([...own, ...others]);
}

/** Average price of everything that closed or reduced; null where any part's price is unknown. */
export function exitPrice(state: PositionState): Decimal | null {
  const own = state.intents
    .filter((intent) => intent.role !== 'entry' && isPositive(intent.filledQuantity))
    .map((intent) => ({ quantity: intent.filledQuantity, price: intent.averagePrice }));
  const others = state.externals
    .filter((change) => !gte(change.quantity, ZERO))
    .map((change) => ({ quantity: sub(ZERO, change.quantity), price: change.price }));
  const parts = [...own, ...others];
  return parts.every((part) => part.price !== null) ? average(parts) : null;
}

function average(parts: { quantity: Decimal; price: Decimal | null }[]): Decimal | null {
  let quantity: Decimal = ZERO;
  let value: Decimal = ZERO;
  for (const part of parts) {
    if (part.price === null || !isPositive(part.quantity)) continue;
    quantity = add(quantity, part.quantity);
    value = add(value, mul(part.quantity, part.price));
  }
  return isZero(quantity) ? null : div(value, quantity);
}

/** Quantity that ever closed, base units. */
export const closedQuantity = (state: PositionState): Decimal =>
  add(
    sum(state.intents.filter((intent) => intent.role !== 'entry').map((intent) => intent.filledQuantity)),
    sum(
      state.externals
        .filter((change) => !gte(change.quantity, ZERO))
        .map((change) => sub(ZERO, change.quantity)),
    ),
  );

/** Of what was closed, before fees, quote units; null where a price of it is unknown, or nothing was closed. */
export function grossProfit(state: PositionState): Decimal | null {
  const opened = openingPrice(state);
  const exit = exitPrice(state);
  const quantity = closedQuantity(state);
  if (opened === null || exit === null || !isPositive(quantity)) return null;
  const rise = mul(sub(exit, opened), quantity);
  return state.side === 'short' ? sub(ZERO, rise) : rise;
}

/** Whether two quantities differ by less than one lot: noise, not a difference. */
export const sameQuantity = (state: PositionState, a: Decimal, b: Decimal): boolean =>
  eq(a, b) || !gte(max(sub(a, b), sub(b, a)), state.market.lotSize);
