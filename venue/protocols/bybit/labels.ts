/** The kinds of orders: the books' labels, which all protocols share, and Bybit's own words for them. */
import type { Order, Trigger } from '../../book/model.ts';

/** Conditional orders by Bybit's `stopOrderType`; the others are told by how they execute. */
const STOP_ORDER_TYPES = [
  'Stop',
  'StopLoss',
  'TakeProfit',
  'PartialStopLoss',
  'PartialTakeProfit',
  'TrailingStop',
] as const;
export type StopOrderType = (typeof STOP_ORDER_TYPES)[number];

const CREATED_BY: Readonly<Record<StopOrderType, string>> = {
  Stop: 'CreateByStopOrder',
  StopLoss: 'CreateByStopLoss',
  TakeProfit: 'CreateByTakeProfit',
  PartialStopLoss: 'CreateByPartialStopLoss',
  PartialTakeProfit: 'CreateByPartialTakeProfit',
  TrailingStop: 'CreateByTrailingStop',
};

/** As the other protocols call it, so that an order reads the same over each of them. */
export function labelOf(execution: Order['execution'], role: Trigger['role'] | null): string {
  const market = execution === 'market';
  if (role === null) return market ? 'MARKET' : 'LIMIT';
  if (role === 'entry') return market ? 'TRIGGER_MARKET' : 'TRIGGER_LIMIT';
  return (role === 'stop' ? 'STOP' : 'TAKE_PROFIT') + (market ? '_MARKET' : '');
}

/** What a conditional order keeps with it: a stop by its direction only is no stop of the position. */
export const STOP_NOTE = { stopOrderType: 'Stop' satisfies StopOrderType };

/** `null`: no conditional order. What has no note is told by what it does. */
export function stopOrderTypeOf(order: Order): StopOrderType | null {
  const own = STOP_ORDER_TYPES.find((type) => type === order.notes?.['stopOrderType']);
  if (own) return own;
  if (order.trail) return 'TrailingStop';
  if (!order.trigger) return null;
  if (order.trigger.role === 'entry') return 'Stop';
  if (order.trigger.role === 'stop') return order.closePosition ? 'StopLoss' : 'PartialStopLoss';
  return order.closePosition ? 'TakeProfit' : 'PartialTakeProfit';
}

/** Stops and targets of a position, as opposed to conditional orders of their own. */
export const isPositionStop = (order: Order): boolean => {
  const type = stopOrderTypeOf(order);
  return type !== null && type !== 'Stop';
};

/** `Full` protects the whole position, `Partial` a part; nothing on other orders. */
export function tpslModeOf(order: Order): string {
  if (isPositionStop(order)) return order.closePosition ? 'Full' : 'Partial';
  const [attached] = order.attachments;
  return attached ? (attached.wholePosition ? 'Full' : 'Partial') : '';
}

export function createTypeOf(order: Order): string {
  if (order.origin === 'liquidation') return 'CreateByTakeOver_PassThrough';
  if (order.origin === 'adl') return 'CreateByAdl_PassThrough';
  if (order.origin === 'manual') return order.reduceOnly ? 'CreateByClosing' : 'CreateByUser';
  const type = stopOrderTypeOf(order);
  return type === null ? 'CreateByUser' : CREATED_BY[type];
}
