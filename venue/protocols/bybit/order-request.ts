/** Reads a Bybit order request into the books' own terms. */
import {
  gt,
  gte,
  isMultiple,
  isPositive,
  isZero,
  lte,
  mul,
  parseDecimal,
  ZERO,
} from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { closingSide, legKey } from '../../book/model.ts';
import type { Account, Attachment, Market, TimeInForce, Trigger } from '../../book/model.ts';
import type { OrderRequest } from '../../book/place.ts';
import type { Leg, OrderSide } from '../../control/types.ts';
import type { Params } from './auth.ts';
import { isTrue, param } from './call.ts';
import { ERRORS, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { readSource, triggerByOf } from './format.ts';
import { labelOf, STOP_NOTE } from './labels.ts';
import { maxQuantityOf } from './market-shapes.ts';

const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'PostOnly'] as const satisfies readonly TimeInForce[];
const LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;
/** Prices in the texts of trigger errors are whole numbers of this fraction. */
const PRICE_SCALE = '10000';

export type Draft = {
  readonly books: Books;
  readonly account: Account;
  readonly market: Market;
  readonly params: Params;
};

/** Parameters that are missing or make no sense come back as an error; what the books refuse is decided there. */
export function readOrderRequest(draft: Draft): OrderRequest | BybitError {
  const { params, account, market } = draft;
  const side = readSide(params['side']);
  if (!side) return invalid('params error: Side invalid');
  const execution = { Market: 'market', Limit: 'limit' } as const;
  const orderType = params['orderType'];
  if (orderType !== 'Market' && orderType !== 'Limit') return invalid('params error: OrderType invalid');
  const leg = readLeg(params['positionIdx'], account);
  if (!leg) return ERRORS.modeMismatch;
  const linkId = param(params, 'orderLinkId');
  if (linkId !== undefined && !LINK_ID.test(linkId)) return invalid('params error: OrderLinkId invalid');
  const reduceOnly = isTrue(params['reduceOnly']) || isTrue(params['closeOnTrigger']);
  const trigger = readTrigger(draft, side, leg, reduceOnly);
  if (trigger && isError(trigger)) return trigger;
  const sized = readSize(draft, leg, side, reduceOnly, trigger !== null);
  if (isError(sized)) return sized;
  const attachments = reduceOnly ? [] : readAttachments(params);
  if (isError(attachments)) return attachments;
  return {
    account: account.name,
    symbol: market.symbol,
    leg,
    side,
    label: labelOf(execution[orderType], trigger?.role ?? null),
    execution: execution[orderType],
    ...sized,
    trigger,
    attachments,
    clientOrderId: linkId ?? null,
    reduceOnly,
    timeInForce: TIMES_IN_FORCE.find((one) => one === params['timeInForce']) ?? 'GTC',
    notes: {
      lastPriceOnCreated: market.last,
      closeOnTrigger: String(isTrue(params['closeOnTrigger'])),
      ...(trigger && STOP_NOTE),
    },
  };
}

const readSide = (text: string | undefined): OrderSide | undefined =>
  text === 'Buy' ? 'buy' : text === 'Sell' ? 'sell' : undefined;

/** 0 in one-way mode, 1 and 2 in hedge mode, where it must be given; `undefined`: it does not fit the mode. */
export function readLeg(text: string | undefined, account: Account): Leg | undefined {
  const index = text ? Number(text) : 0;
  if (!account.hedgeMode) return index === 0 ? 'net' : undefined;
  return index === 1 ? 'long' : index === 2 ? 'short' : undefined;
}

function readSize(
  { params, books, account, market }: Draft,
  leg: Leg,
  side: OrderSide,
  reduceOnly: boolean,
  waits: boolean,
): Pick<OrderRequest, 'quantity' | 'price' | 'closePosition'> | BybitError {
  const quantity = parseDecimal(params['qty']);
  if (quantity === undefined) return invalid('params error: Qty invalid');
  if (gt(quantity, maxQuantityOf(market)))
    return invalid('The number of contracts exceeds maximum limit allowed');
  const price = params['orderType'] === 'Limit' ? parseDecimal(params['price']) : null;
  if (price === undefined || (price !== null && !isPrice(price, market)))
    return invalid('params error: Price invalid');
  if (!isZero(quantity)) return { quantity, price, closePosition: false };
  // Quantity 0 means all there is, with both flags only.
  if (!reduceOnly || !isTrue(params['closeOnTrigger']))
    return invalid('The number of contracts exceeds minimum limit allowed');
  if (waits) return { quantity: ZERO, price, closePosition: true };
  const position = books.positions.get(legKey(account.name, market.symbol, leg));
  if (!position || closingSide(position.side) !== side)
    return { retCode: 110017, retMsg: 'current position is zero, cannot fix reduce-only order qty' };
  return { quantity: position.quantity, price, closePosition: false };
}

/** Above zero and on the market's tick. */
const isPrice = (price: Decimal, market: Market): boolean =>
  isPositive(price) && isMultiple(price, market.tickSize);

/** What closes is a stop or a target by its direction; anything else may open. */
function readTrigger(
  { params, market }: Draft,
  side: OrderSide,
  leg: Leg,
  reduceOnly: boolean,
): Trigger | null | BybitError {
  const text = param(params, 'triggerPrice');
  if (text === undefined) return null;
  const price = parseDecimal(text);
  if (price === undefined || !isPrice(price, market)) return invalid('params error: TriggerPrice invalid');
  const source = readSource(params['triggerBy']);
  if (!source) return invalid('params error: TriggerBy invalid');
  const direction = params['triggerDirection'];
  if (direction !== '1' && direction !== '2') return invalid('params error: TriggerDirection invalid');
  const fires = direction === '1' ? 'rising' : 'falling';
  const trigger = { price, source, fires } as const;
  const passed = checkTriggerSide(trigger, market);
  if (passed) return passed;
  const closes = reduceOnly || (leg !== 'net' && side === closingSide(leg));
  if (!closes) return { ...trigger, role: 'entry' };
  return { ...trigger, role: (fires === 'falling') === (side === 'sell') ? 'stop' : 'target' };
}

/** A trigger must not be reached already. */
export function checkTriggerSide(
  { price, source, fires }: Pick<Trigger, 'price' | 'source' | 'fires'>,
  market: Market,
): BybitError | undefined {
  const current = market[source];
  const scaled = (value: Decimal): string => mul(value, PRICE_SCALE);
  const prices = (sign: string): string =>
    `trigger_price[${scaled(price)}] ${sign} current[${scaled(current)}]??${triggerByOf(source)}`;
  if (fires === 'rising' && lte(price, current))
    return { retCode: 110092, retMsg: `expect Rising, but ${prices('<=')}` };
  if (fires === 'falling' && gte(price, current))
    return { retCode: 110093, retMsg: `expect Falling, but ${prices('>=')}` };
  return undefined;
}

/** `tpslMode` Full (default) protects the whole position, Partial what the order fills. */
export function readAttachments(params: Params): Attachment[] | BybitError {
  const partial = params['tpslMode'] === 'Partial';
  const attachments: Attachment[] = [];
  for (const [role, key, prefix, word] of [
    ['stop', 'stopLoss', 'sl', 'StopLoss'],
    ['target', 'takeProfit', 'tp', 'TakeProfit'],
  ] as const) {
    const price = parseDecimal(param(params, key) ?? '0');
    if (price === undefined) return invalid(`params error: ${word} invalid`);
    if (isZero(price)) continue;
    const source = readSource(params[`${prefix}TriggerBy`]);
    if (!source) return invalid(`params error: ${prefix}TriggerBy invalid`);
    const limitPrice = readLimitPrice(params, prefix, partial);
    if (limitPrice === undefined) return invalid(`params error: ${prefix}LimitPrice invalid`);
    attachments.push({
      role,
      label: labelOf(limitPrice === null ? 'market' : 'limit', role),
      triggerPrice: price,
      source,
      limitPrice,
      wholePosition: !partial,
    });
  }
  return attachments;
}

/** A limit is possible for a part only; `null`: at market, `undefined`: makes no sense. */
export function readLimitPrice(
  params: Params,
  prefix: 'sl' | 'tp',
  partial: boolean,
): Decimal | null | undefined {
  if (params[`${prefix}OrderType`] !== 'Limit') return null;
  return partial ? parseDecimal(params[`${prefix}LimitPrice`]) : undefined;
}
