/** Orders that Binance itself makes to liquidate or deleverage: told by the client ids that it gives them. */
import type { Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { readRows, SKIP } from '../rows.ts';
import type { Window } from '../windows.ts';
import { isNotOffered } from './codes.ts';
import type { Deps } from './orders.ts';
import { orderRow, rowsBody } from './wire.ts';

export type Forced = 'liquidation' | 'adl';

/** `settlement_autoclose-` is a delisting: neither of the two. */
export function forcedBy(clientOrderId: string | null | undefined): Forced | undefined {
  if (clientOrderId?.startsWith('adl_autoclose')) return 'adl';
  return clientOrderId?.startsWith('autoclose-') ? 'liquidation' : undefined;
}

/**
 * Forced orders by their number, of the last week of a window. Only asked where an execution's order could
 * not be read itself; an exchange that refuses to tell leaves the cause open.
 */
export async function readForcedOrders(
  { api, markets }: Deps,
  symbol: Symbol,
  { fromMs, toMs }: Window,
): Promise<Map<string, Forced>> {
  const params = {
    symbol: markets.idOf(symbol),
    startTime: String(Math.max(fromMs, toMs - MAX_SPAN_MS)),
    endTime: String(toMs),
    limit: '100',
  };
  const reply = await api.call('forcedOrders', params);
  if (!reply.ok) {
    // A question that failed is asked again with the rest.
    const fault = faultOf('forced orders', reply.failure);
    if (fault.transient && !isNotOffered(fault)) throw fault;
    return new Map();
  }
  const list = rowsBody.safeParse(reply.body).data ?? [];
  const { rows } = readRows<typeof orderRow, [string, Forced]>('forced order', list, orderRow, (row) => {
    const cause = forcedBy(row.clientOrderId);
    return cause ? [row.orderId, cause] : SKIP;
  });
  return new Map(rows);
}

const MAX_SPAN_MS = 7 * 24 * 60 * 60_000 - 1;
