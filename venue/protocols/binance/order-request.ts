/** Reads a Binance order request into the books' own terms. */
import { randomBytes } from 'node:crypto';
import { gt, isMultiple, isPositive, lt, mul, parseDecimal, sub } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import type { Account, Market, TimeInForce } from '../../book/model.ts';
import type { OrderRequest } from '../../book/place.ts';
import { STRICT_RULES } from '../../book/rules.ts';
import type { PlacingRules } from '../../book/rules.ts';
import { isMarketable } from '../../book/work.ts';
import type { Leg, OrderSide } from '../../control/types.ts';
import { placesOf } from '../../figures.ts';
import type { Params } from './auth.ts';
import { isError, isTrue } from './call.ts';
import { ERRORS, missing, needless } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { maxPriceOf, maxQuantityOf, pricePlacesOf } from './exchange-info.ts';
import { newOrderId } from './format.ts';

export const BINANCE_RULES: PlacingRules = {
  ...STRICT_RULES,
  clientIds: 'open',
  conditional: 'fits-when-fired',
  oversizedReduceOnly: 'shrink',
};

export const CONDITIONAL_TYPES: ReadonlySet<string> = new Set([
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
]);

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  GTC: 'GTC',
  IOC: 'IOC',
  FOK: 'FOK',
  GTX: 'PostOnly',
};
const CLIENT_ID = /^[.A-Z:/a-z0-9_-]+$/;
const MAX_CLIENT_ID = 36;

export type Asking = {
  readonly books: Books;
  readonly account: Account;
  readonly market: Market;
  readonly params: Params;
};

/** MARKET and LIMIT; what is missing or makes no sense comes back as an error, what the books refuse is decided there. */
export function readOrder(asking: Asking): OrderRequest | BinanceError {
  const { books, account, market, params } = asking;
  const label = params['type'];
  if (!label) return missing('type');
  if (CONDITIONAL_TYPES.has(label)) return ERRORS.useAlgoOrders;
  if (label !== 'MARKET' && label !== 'LIMIT') return ERRORS.badType;
  const who = readWho(asking);
  if (isError(who)) return who;
  if (isTrue(params['closePosition']))
    return { code: -4136, msg: `Target strategy invalid for orderType ${label},closePosition true` };
  const clientOrderId = readClientId(params['newClientOrderId']);
  if (typeof clientOrderId === 'object') return clientOrderId;
  const quantity = readQuantity(params['quantity'], market);
  if (typeof quantity === 'object') return quantity;
  const terms = label === 'LIMIT' ? readLimitTerms(params, market) : marketTerms(params);
  if (isError(terms)) return terms;
  const killed =
    terms.timeInForce === 'FOK' && !isMarketable({ side: who.side, price: terms.price }, market.last);
  if (killed) return ERRORS.fokRejected;
  return {
    orderId: newOrderId(books),
    account: account.name,
    symbol: market.symbol,
    label,
    execution: label === 'LIMIT' ? 'limit' : 'market',
    quantity,
    clientOrderId,
    ...who,
    ...terms,
  };
}

/** Side, leg and whether it only reduces. */
export function readWho({
  account,
  params,
}: Asking): { side: OrderSide; leg: Leg; reduceOnly: boolean } | BinanceError {
  if (!params['side']) return missing('side');
  const side = ({ BUY: 'buy', SELL: 'sell' } as const)[params['side']];
  if (!side) return ERRORS.badSide;
  const leg = ({ BOTH: 'net', LONG: 'long', SHORT: 'short' } as const)[params['positionSide'] || 'BOTH'];
  if (!leg) return ERRORS.badPositionSide;
  if (account.hedgeMode === (leg === 'net')) return ERRORS.wrongPositionSide;
  if (account.hedgeMode && params['reduceOnly']) return needless('reduceonly');
  return { side, leg, reduceOnly: isTrue(params['reduceOnly']) };
}

function readLimitTerms(
  params: Params,
  market: Market,
): { price: Decimal; timeInForce: TimeInForce } | BinanceError {
  if (!params['timeInForce']) return missing('timeInForce');
  const timeInForce = TIMES_IN_FORCE[params['timeInForce']];
  if (!timeInForce) return ERRORS.badTimeInForce;
  const price = readPrice(params['price'], market, 'price');
  if (typeof price === 'object') return price;
  return checkPercentPrice(price, market) ?? { price, timeInForce };
}

function marketTerms(params: Params): { price: null; timeInForce: TimeInForce } | BinanceError {
  if (params['timeInForce']) return needless('timeInForce');
  return params['price'] ? needless('price') : { price: null, timeInForce: 'GTC' };
}

export function readTimeInForce(text: string | undefined): TimeInForce | BinanceError {
  return TIMES_IN_FORCE[text || 'GTC'] ?? ERRORS.badTimeInForce;
}

/** One is made where none is given. */
export function readClientId(text: string | undefined): string | BinanceError {
  if (!text) return randomBytes(16).toString('base64url').replaceAll('-', 'x').slice(0, 22);
  if (text.length > MAX_CLIENT_ID) return ERRORS.clientIdTooLong;
  if (CLIENT_ID.test(text)) return text;
  return {
    code: -1100,
    msg: "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
  };
}

export function readPrice(text: string | undefined, market: Market, name: string): Decimal | BinanceError {
  const price = parseDecimal(text);
  if (price === undefined) return missing(name);
  if (lt(price, '0')) return name === 'price' ? ERRORS.priceNegative : ERRORS.stopPriceNegative;
  if (placesOf(price) > pricePlacesOf(market)) return ERRORS.badPrecision;
  if (lt(price, market.tickSize)) return ERRORS.priceTooLow;
  if (gt(price, maxPriceOf(market))) return ERRORS.priceTooHigh;
  return isMultiple(price, market.tickSize) ? price : ERRORS.priceNotOnTick;
}

export function readQuantity(text: string | undefined, market: Market): Decimal | BinanceError {
  const quantity = parseDecimal(text);
  if (quantity === undefined) return missing('quantity');
  if (!isPositive(quantity)) return ERRORS.quantityNotPositive;
  if (!isMultiple(quantity, market.lotSize)) return ERRORS.badPrecision;
  return gt(quantity, maxQuantityOf(market)) ? ERRORS.quantityTooLarge : quantity;
}

/** Whether a price is so far from the market's that Binance's PERCENT_PRICE filter stops it. */
function checkPercentPrice(price: Decimal, market: Market): BinanceError | undefined {
  const cap = mul(market.last, '10');
  const floor = sub(market.last, mul(market.last, '0.9'));
  if (gt(price, cap)) return { code: -4016, msg: `Limit price can't be higher than ${cap}.` };
  return lt(price, floor) ? { code: -4024, msg: `Limit price can't be lower than ${floor}.` } : undefined;
}
