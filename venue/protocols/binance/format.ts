/** How Binance writes symbols, ids and words. */
import { div, isZero, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import type { Market, Order, TimeInForce } from '../../book/model.ts';
import type { Leg, PriceSource } from '../../control/types.ts';
import { placesOf, toFixed } from '../../figures.ts';

export const MONEY_PLACES = 8;

/** `BTC-USDT` is `BTCUSDT` here. */
export const symbolOf = (market: string): string => market.replace('-', '');

export function marketBySymbol(books: Books, symbol: string): Market | undefined {
  for (const market of books.markets.values()) if (symbolOf(market.symbol) === symbol) return market;
  return undefined;
}

export const quoteAssetOf = (market: string): string => market.split('-')[1] ?? 'USDT';

/** Ids of the books lie at least so far apart, so their quotients are ids too, and fit into a double. */
const SPREAD = 4_097n;
const LONGEST_ID = 16;

/** An order id as Binance has it, below 2^53: orders placed here carry it already, those of other protocols are longer. */
export const wireId = (orderId: string): string =>
  orderId.length > LONGEST_ID ? String(BigInt(orderId) / SPREAD) : orderId;

export const newOrderId = (books: Books): string => wireId(books.newId());

export const money = (value: Decimal): Decimal => toFixed(value, MONEY_PLACES);

/** `0` bare, everything else on the market's tick. */
export const priceOf = (market: Market, price: Decimal | null): Decimal =>
  price === null || isZero(price) ? '0' : toFixed(price, placesOf(market.tickSize));

export const quantityOf = (market: Market, quantity: Decimal): Decimal =>
  toFixed(quantity, placesOf(market.lotSize));

export const averageOf = (order: Order): Decimal =>
  isZero(order.filledQuantity) ? ZERO : toPlaces(div(order.filledCost, order.filledQuantity), MONEY_PLACES);

/** At least five decimals, as the documentation shows averages. */
export const averageText = (order: Order): Decimal => {
  const average = averageOf(order);
  return placesOf(average) < 5 ? toFixed(average, 5) : average;
};

export const positionSideOf = (leg: Leg): 'BOTH' | 'LONG' | 'SHORT' =>
  leg === 'net' ? 'BOTH' : leg === 'long' ? 'LONG' : 'SHORT';

/** Binance triggers by mark or last price only; an index trigger of another protocol shows as the mark's. */
export const workingTypeOf = (source: PriceSource | undefined): string =>
  source === 'mark' || source === 'index' ? 'MARK_PRICE' : 'CONTRACT_PRICE';

export const timeInForceOf = (timeInForce: TimeInForce): string =>
  timeInForce === 'PostOnly' ? 'GTX' : timeInForce;
