/**
 * Binance keeps two lists of orders, each with numbers of its own: orders, and algo orders (every
 * conditional one). So that a number is never taken for one of the other list, the port's id of an algo
 * order is `algo:` and its number; that of any other order is its bare number.
 */

export type OrderRef = { list: 'algo' | 'orders'; number: string };

const ALGO = 'algo:';

export const algoOrderId = (number: string): string => ALGO + number;

export const orderRef = (orderId: string): OrderRef =>
  orderId.startsWith(ALGO)
    ? { list: 'algo', number: orderId.slice(ALGO.length) }
    : { list: 'orders', number: orderId };
