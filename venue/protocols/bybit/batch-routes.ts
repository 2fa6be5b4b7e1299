/** Several orders in one request: each row succeeds or fails by itself, and counts for itself in the limit. */
import type { Order } from '../../book/model.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import { textParams } from './auth.ts';
import { writes } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { errorOf, ERRORS, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { millis } from './format.ts';
import { amend, cancel, idsOf, place } from './order-routes.ts';

const MAX_ROWS = 20;
const COUNTS_ROWS = { countsRows: true };

export const batchRoutes: readonly Route[] = [
  writes('/v5/order/create-batch', 10, (call) => each(call, place, createdRow), COUNTS_ROWS),
  writes('/v5/order/amend-batch', 10, (call) => each(call, amend, plainRow), COUNTS_ROWS),
  writes('/v5/order/cancel-batch', 10, (call) => each(call, cancel, plainRow), COUNTS_ROWS),
];

type Row = (row: Readonly<Record<string, string>>, order: Order | undefined) => object;

const plainRow: Row = (row, order) => ({
  category: 'linear',
  symbol: row['symbol'] ?? '',
  orderId: row['orderId'] ?? '',
  orderLinkId: row['orderLinkId'] ?? '',
  ...(order && idsOf(order)),
});

const createdRow: Row = (row, order) => ({
  ...plainRow(row, order),
  createAt: order ? millis(order.createdAtMs) : '',
});

function each(
  call: PrivateCall,
  act: (call: PrivateCall) => Order | Refusal | BybitError,
  shape: Row,
): Reply {
  const rows = readRows(call.params['request']);
  if (!rows || rows.length === 0) return invalid('params error: request is required');
  if (rows.length > MAX_ROWS) return invalid(`params error: no more than ${MAX_ROWS} orders`);
  const done = rows.map((row) => {
    const params = { category: 'linear', ...row };
    const result = call.takeOne() ? act({ ...call, params }) : ERRORS.tooManyVisits;
    const error = isRefusal(result) ? errorOf(result) : isError(result) ? result : undefined;
    // What is neither refusal nor error is the order.
    const order = error ? undefined : (result as Order);
    return {
      row: shape(row, order),
      outcome: { code: error?.retCode ?? 0, msg: error?.retMsg ?? 'OK' },
    };
  });
  return {
    result: { list: done.map(({ row }) => row) },
    extInfo: { list: done.map(({ outcome }) => outcome) },
  };
}

function readRows(text: string | undefined): Readonly<Record<string, string>>[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value)
      ? value.map((row: unknown) => (typeof row === 'object' && row !== null ? textParams(row) : {}))
      : undefined;
  } catch {
    return undefined;
  }
}
