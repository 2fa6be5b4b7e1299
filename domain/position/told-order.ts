/** An order that was looked up for one who knows its request: only what differs from that is told. */
import type { ExchangeOrder, OrderRequest } from '../exchange-truth.ts';

/** The terms that every order has, and that are rarely other than they were sent. */
type Terms = 'symbol' | 'leg' | 'side' | 'kind' | 'quantity' | 'reduceOnly' | 'closePosition';

export type ToldOrder = Omit<ExchangeOrder, Terms> & Partial<Pick<ExchangeOrder, Terms>>;

export const asSent = ({
  symbol,
  leg,
  side,
  kind,
  quantity,
  reduceOnly,
}: OrderRequest): Pick<ExchangeOrder, Terms> => ({
  symbol,
  leg,
  side,
  kind,
  quantity,
  reduceOnly,
  closePosition: false,
});

export const whole = (order: ToldOrder, request: OrderRequest): ExchangeOrder => ({
  ...asSent(request),
  ...order,
});
