/** Reads a BingX order request into the books' own terms. */
import { gt, isDecimal, parseDecimal, roundToStep, div, isPositive, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { directionOf } from '../../book/model.ts';
import type { Account, Attachment, Market, TimeInForce, Trail, Trigger } from '../../book/model.ts';
import type { OrderRequest } from '../../book/place.ts';
import type { Leg, OrderSide, PriceSource } from '../../control/types.ts';
import { asText } from './auth.ts';
import type { Params } from './auth.ts';
import { invalid } from './codes.ts';
import type { BingxError } from './codes.ts';
import { clientIdOf, isError, isTrue, param } from './call.ts';

type Kind = {
  readonly execution: 'market' | 'limit';
  readonly role: Trigger['role'] | null;
  readonly trails?: boolean;
};

const KINDS: Readonly<Record<string, Kind>> = {
  MARKET: { execution: 'market', role: null },
  LIMIT: { execution: 'limit', role: null },
  STOP_MARKET: { execution: 'market', role: 'stop' },
  STOP: { execution: 'limit', role: 'stop' },
  TAKE_PROFIT_MARKET: { execution: 'market', role: 'target' },
  TAKE_PROFIT: { execution: 'limit', role: 'target' },
  TRIGGER_MARKET: { execution: 'market', role: 'entry' },
  TRIGGER_LIMIT: { execution: 'limit', role: 'entry' },
  TRAILING_STOP_MARKET: { execution: 'market', role: null, trails: true },
  TRAILING_TP_SL: { execution: 'market', role: null, trails: true },
};

const SOURCES: Readonly<Record<string, PriceSource>> = {
  MARK_PRICE: 'mark',
  CONTRACT_PRICE: 'last',
  INDEX_PRICE: 'index',
};
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'PostOnly'] as const satisfies readonly TimeInForce[];
const MAX_CLIENT_ID = 40;

/** Parameters that are missing or make no sense come back as an error; what the books refuse is decided there. */
export function readOrderRequest(
  params: Params,
  account: Account,
  market: Market,
): OrderRequest | BingxError {
  const label = params['type'] ?? '';
  const kind = KINDS[label];
  if (!kind) return invalid(`type: ${label || 'This field is required.'}`);
  const side = readSide(params['side']);
  if (!side) return invalid('side: This field must be BUY or SELL.');
  const leg = readLeg(params['positionSide'], account);
  if (!leg) return invalid('positionSide: This field must be BOTH, LONG or SHORT.');
  const clientOrderId = clientIdOf(params);
  if (clientOrderId !== undefined && clientOrderId.length > MAX_CLIENT_ID)
    return invalid('clientOrderID: 1 to 40 characters.');
  const sized = readSize(params, kind, market);
  if (isError(sized)) return sized;
  const conditions = readConditions(params, kind, side, market);
  if (isError(conditions)) return conditions;
  const attachments = readAttachments(params);
  if (isError(attachments)) return attachments;
  // The documentation gives client ids to MARKET and LIMIT orders only; on others they are dropped.
  const takesClientId = label === 'MARKET' || label === 'LIMIT';
  return {
    account: account.name,
    symbol: market.symbol,
    leg,
    side,
    label,
    execution: kind.execution,
    ...sized,
    ...conditions,
    attachments,
    clientOrderId: takesClientId ? (clientOrderId ?? null) : null,
    reduceOnly: isTrue(params['reduceOnly']),
    timeInForce:
      TIMES_IN_FORCE.find((one) => one.toLowerCase() === params['timeInForce']?.toLowerCase()) ?? 'GTC',
  };
}

const readSide = (text: string | undefined): OrderSide | undefined =>
  text === 'BUY' ? 'buy' : text === 'SELL' ? 'sell' : undefined;

/** Left out, it is BOTH in one-way mode and LONG in hedge mode. */
function readLeg(text: string | undefined, account: Account): Leg | undefined {
  if (!text) return account.hedgeMode ? 'long' : 'net';
  return ({ BOTH: 'net', LONG: 'long', SHORT: 'short' } as const)[text.toUpperCase()];
}

function readSize(
  params: Params,
  kind: Kind,
  market: Market,
): Pick<OrderRequest, 'quantity' | 'price' | 'closePosition'> | BingxError {
  const closePosition = isTrue(params['closePosition']);
  const quantity = closePosition ? ZERO : readQuantity(params, market);
  if (quantity === undefined) return invalid('quantity: This field is required.');
  if (kind.execution === 'market') return { quantity, closePosition, price: null };
  const price = readPrice(params['price'], market);
  return price === undefined ? invalid('price: This field is required.') : { quantity, closePosition, price };
}

function readQuantity(params: Params, market: Market): Decimal | undefined {
  const quantity = parseDecimal(params['quantity']);
  if (quantity !== undefined) return quantity;
  const quote = parseDecimal(params['quoteOrderQty']);
  return quote === undefined ? undefined : roundToStep(div(quote, market.last), market.lotSize, 'down');
}

/** Too many decimals are cut off, as BingX documents. */
function readPrice(text: string | undefined, market: Market): Decimal | undefined {
  const price = parseDecimal(text);
  return price === undefined ? undefined : roundToStep(price, market.tickSize, 'down');
}

function readConditions(
  params: Params,
  kind: Kind,
  side: OrderSide,
  market: Market,
): Pick<OrderRequest, 'trigger' | 'trail'> | BingxError {
  const source = SOURCES[params['workingType'] || 'MARK_PRICE'];
  if (!source) return invalid('workingType: MARK_PRICE, CONTRACT_PRICE or INDEX_PRICE.');
  if (kind.trails) return readTrail(params, source, market);
  if (kind.role === null) return { trigger: null, trail: null };
  const price = readPrice(params['stopPrice'], market);
  if (price === undefined) return invalid('stopPrice: This field is required.');
  return {
    trail: null,
    trigger: { price, source, role: kind.role, fires: firesWhen(kind.role, side, price, market[source]) },
  };
}

/** A stop of a long position (a sell) waits for a fall, its target for a rise; an entry for whichever side it lies on. */
function firesWhen(
  role: Trigger['role'],
  side: OrderSide,
  price: Decimal,
  current: Decimal,
): Trigger['fires'] {
  if (role === 'entry') return gt(price, current) ? 'rising' : 'falling';
  return (role === 'stop') === (directionOf(side) === 'long') ? 'rising' : 'falling';
}

function readTrail(
  params: Params,
  source: PriceSource,
  market: Market,
): { trigger: null; trail: Trail } | BingxError {
  const rate = parseDecimal(params['priceRate']) ?? null;
  const distance = parseDecimal(params['price']) ?? null;
  const given = rate ?? distance;
  if (given === null || !isPositive(given)) return invalid('priceRate: This field is required.');
  const activation = readPrice(params['activationPrice'], market);
  const waits = activation !== undefined && isPositive(activation);
  return {
    trigger: null,
    trail: {
      rate,
      distance: rate === null ? distance : null,
      source,
      activation: waits ? activation : null,
      extreme: waits ? null : market[source],
    },
  };
}

function readAttachments(params: Params): Attachment[] | BingxError {
  const attachments: Attachment[] = [];
  for (const [role, key, label] of [
    ['stop', 'stopLoss', 'STOP_MARKET'],
    ['target', 'takeProfit', 'TAKE_PROFIT_MARKET'],
  ] as const) {
    const text = param(params, key);
    if (text === undefined) continue;
    const attachment = readAttachment(text, role, label);
    if (!attachment) return invalid(`${key}: not a valid order`);
    attachments.push(attachment);
  }
  return attachments;
}

function readAttachment(text: string, role: Attachment['role'], usual: string): Attachment | undefined {
  const body = parseObject(text);
  const triggerPrice = parseDecimal(body?.['stopPrice']);
  const label = asText(body?.['type']) || usual;
  const kind = KINDS[label];
  const source = SOURCES[asText(body?.['workingType']) || 'MARK_PRICE'];
  if (triggerPrice === undefined || kind?.role !== role || !source) return undefined;
  const limitPrice = kind.execution === 'limit' ? parseDecimal(body?.['price']) : null;
  return limitPrice === undefined || !isDecimal(triggerPrice)
    ? undefined
    : { role, label, triggerPrice, source, limitPrice };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
