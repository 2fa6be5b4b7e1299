/** What an order must satisfy before the books take it. The first rule that fails answers. */
import { eq, gt, gte, isMultiple, isPositive, lt, lte, mul } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { splitQuantity } from './ledger.ts';
import { affords } from './margin.ts';
import { closesOnly, directionOf, isDormant, legKey } from './model.ts';
import type { Account, Attachment, Market, Order, Position } from './model.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { PlacingRules } from './rules.ts';
import { isMarketable } from './work.ts';

/** How far a limit price may lie from the last price, as a factor. */
const PRICE_BAND = { low: '0.1', high: '10' };

export type Draft = {
  readonly account: Account;
  readonly market: Market;
  readonly order: Order;
  readonly rules: PlacingRules;
};

/** `undefined`: the books take it. */
export function checkOrder(books: Books, draft: Draft): Refusal | undefined {
  return (
    checkMode(draft) ??
    checkClientId(books, draft) ??
    checkPrices(draft) ??
    checkQuantity(draft) ??
    checkClosing(books, draft) ??
    checkTrigger(books, draft) ??
    checkAttachments(draft) ??
    checkSingle(books, draft) ??
    checkCount(books, draft) ??
    checkPostOnly(draft) ??
    checkMargin(books, draft)
  );
}

function checkMode({ account, order, rules }: Draft): Refusal | undefined {
  if (account.hedgeMode === (order.leg !== 'net')) {
    const needless = account.hedgeMode && order.reduceOnly && rules.reduceOnlyInHedge === 'refuse';
    return needless
      ? refuse('wrong-position-mode', "In the Hedge mode, the 'ReduceOnly' field can not be filled.")
      : undefined;
  }
  return refuse(
    'wrong-position-mode',
    account.hedgeMode
      ? "In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT."
      : "In the One-way mode, the 'PositionSide' field can only be set to BOTH.",
  );
}

function checkClientId(books: Books, { order, rules }: Draft): Refusal | undefined {
  if (order.clientOrderId === null || rules.clientIds === 'none') return undefined;
  const used =
    rules.clientIds === 'ever'
      ? books.orderByClientId(order.account, order.clientOrderId) !== undefined
      : hasOpenTwin(books, order);
  return used
    ? refuse('duplicate-client-id', `clientOrderID ${order.clientOrderId} has already been used`)
    : undefined;
}

/** Conditional orders that fire as others have client ids of their own. */
const hasOpenTwin = (books: Books, order: Order): boolean =>
  [...books.open.values()].some(
    (other) =>
      other.account === order.account &&
      other.clientOrderId === order.clientOrderId &&
      (other.firesAs === null) === (order.firesAs === null),
  );

function checkPrices({ market, order }: Draft): Refusal | undefined {
  for (const price of [order.price, order.trigger?.price ?? null]) {
    if (price === null) continue;
    if (!isPositive(price)) return refuse('bad-price', `price ${price} must be greater than 0`);
  }
  if (order.price === null) return undefined;
  const near =
    gte(order.price, mul(market.last, PRICE_BAND.low)) && lte(order.price, mul(market.last, PRICE_BAND.high));
  return near
    ? undefined
    : refuse('price-out-of-range', `price ${order.price} is too far from ${market.last}`);
}

function checkQuantity({ market, order }: Draft): Refusal | undefined {
  if (order.closePosition) return undefined;
  if (!isPositive(order.quantity))
    return refuse('bad-quantity', `quantity ${order.quantity} must be greater than 0`);
  if (!isMultiple(order.quantity, market.lotSize))
    return refuse('quantity-step', `quantity ${order.quantity} is no multiple of ${market.lotSize}`);
  if (closesOnly(order)) return undefined;
  if (lt(order.quantity, market.minQuantity))
    return refuse('below-min-quantity', `the minimum order quantity is ${market.minQuantity}`);
  const notional = mul(order.quantity, order.price ?? order.trigger?.price ?? market.last);
  return lt(notional, market.minNotional)
    ? refuse('below-min-notional', `the minimum order value is ${market.minNotional} USDT`)
    : undefined;
}

/** Something must be there to close, on the right side, and an order that trades now must not ask for more of it. */
function checkClosing(books: Books, { order, rules }: Draft): Refusal | undefined {
  const waits = isDormant(order);
  if (!closesOnly(order) || (waits && rules.conditional === 'fits-when-fired')) return undefined;
  const position = books.positions.get(legKey(order.account, order.symbol, order.leg));
  if (!position)
    return refuse(waits ? 'no-position' : 'nothing-to-close', `no position on ${order.symbol} ${order.leg}`);
  if (directionOf(order.side) === position.side)
    return refuse('would-increase', `the order would increase the ${position.side} position`);
  const shrinks = order.reduceOnly && rules.oversizedReduceOnly === 'shrink';
  const tooMuch =
    !waits &&
    !shrinks &&
    gt(order.quantity, splitQuantity(position, order.leg, order.side, order.quantity).closing);
  if (!tooMuch) return undefined;
  return refuse(
    order.reduceOnly ? 'would-increase' : 'closes-too-much',
    `the position is ${position.quantity}`,
  );
}

/** A stop or target must lie on its own side of the present price. */
function checkTrigger(books: Books, { market, order, rules }: Draft): Refusal | undefined {
  if (rules.conditional === 'fits-when-fired') return undefined;
  const position = books.positions.get(legKey(order.account, order.symbol, order.leg));
  if (!order.trigger || order.trigger.role === 'entry' || !position) return undefined;
  return checkSide(position.side, order.trigger.role, order.trigger.price, market[order.trigger.source]);
}

function checkAttachments({ market, order }: Draft): Refusal | undefined {
  const reference = order.execution === 'limit' && order.price !== null ? order.price : market.last;
  for (const attachment of order.attachments) {
    const refused = checkAttachment(attachment, order, reference);
    if (refused) return refused;
  }
  return undefined;
}

function checkAttachment(attachment: Attachment, order: Order, reference: Decimal): Refusal | undefined {
  if (!isPositive(attachment.triggerPrice)) return refuse('bad-price', 'stopPrice must be greater than 0');
  return checkSide(directionOf(order.side), attachment.role, attachment.triggerPrice, reference);
}

function checkSide(
  side: Position['side'],
  role: 'stop' | 'target',
  level: Decimal,
  price: Decimal,
): Refusal | undefined {
  const mustBeBelow = (side === 'long') === (role === 'stop');
  if (mustBeBelow ? lt(level, price) : gt(level, price)) return undefined;
  const detail = `${level} against the current price ${price}`;
  if (side === 'long')
    return role === 'stop' ? refuse('long-stop-above', detail) : refuse('long-target-below', detail);
  return role === 'stop' ? refuse('short-stop-below', detail) : refuse('short-target-above', detail);
}

/** One full-position stop and one target a leg; several with a quantity, which tranches need. */
function checkSingle(books: Books, { order, rules }: Draft): Refusal | undefined {
  const rule = rules.wholePositionStops === 'any' ? 'off' : books.settings().singleStop;
  const role = order.trigger?.role;
  if (rule === 'off' || role === undefined || role === 'entry') return undefined;
  if (rule === 'close-position' && !order.closePosition) return undefined;
  const clash = [...books.open.values()].find(
    (other) =>
      other.account === order.account &&
      other.symbol === order.symbol &&
      other.leg === order.leg &&
      other.side === order.side &&
      other.trigger?.role === role &&
      isDormant(other) &&
      (rule === 'all' || other.closePosition),
  );
  if (!clash) return undefined;
  return refuse(role === 'stop' ? 'stop-exists' : 'target-exists', `order ${clash.orderId} is there already`);
}

function checkCount(books: Books, { order }: Draft): Refusal | undefined {
  const count = [...books.open.values()].filter((other) => other.account === order.account).length;
  const { maxOpenOrders } = books.settings();
  return count >= maxOpenOrders
    ? refuse('too-many-orders', `no more than ${maxOpenOrders} open orders`)
    : undefined;
}

function checkPostOnly({ market, order, rules }: Draft): Refusal | undefined {
  const takes =
    rules.takingPostOnly === 'refuse' &&
    order.timeInForce === 'PostOnly' &&
    order.execution === 'limit' &&
    !isDormant(order) &&
    isMarketable(order, market.last);
  return takes ? refuse('post-only-would-take', `price ${order.price ?? ''} would fill at once`) : undefined;
}

function checkMargin(books: Books, { account, market, order }: Draft): Refusal | undefined {
  if (closesOnly(order) || isDormant(order)) return undefined;
  const position = books.positions.get(legKey(order.account, order.symbol, order.leg));
  const opening = splitQuantity(position, order.leg, order.side, order.quantity).opening;
  if (eq(opening, '0') || affords(books, account, market, order.side, opening, order.price ?? market.last))
    return undefined;
  return refuse('insufficient-margin', `margin is not enough for ${opening} ${market.symbol}`);
}
