/** Finding an account's orders as Binance lets them be found. */
import { isZero } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { isOpen } from '../../book/model.ts';
import type { Order } from '../../book/model.ts';
import type { Params } from './auth.ts';
import { param } from './call.ts';
import { missing } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { wireId } from './format.ts';
import { clientIdOf, isAlgo } from './order-shapes.ts';

const DAY_MS = 86_400_000;
/** Orders that ended without a fill are forgotten sooner. */
const UNFILLED_KEPT_MS = 3 * DAY_MS;
const KEPT_MS = 90 * DAY_MS;

export type Kind = 'ordinary' | 'algo';

/** All that can still be asked about, oldest first. */
export function ordersOf(books: Books, account: string, kind: Kind): Order[] {
  const nowMs = books.now();
  return [...books.orders.values()].filter(
    (order) => order.account === account && isShown(order, kind) && isKept(order, nowMs),
  );
}

/** An order of another protocol that fires in place is an algo order first and an ordinary one later. */
function isShown(order: Order, kind: Kind): boolean {
  if (order.state === 'vanished') return false;
  return isAlgo(order) === (kind === 'algo');
}

function isKept(order: Order, nowMs: number): boolean {
  if (isOpen(order)) return true;
  const unfilled = isZero(order.filledQuantity) && order.state !== 'triggered';
  return nowMs - order.updatedAtMs <= (unfilled ? UNFILLED_KEPT_MS : KEPT_MS);
}

const NAMES = {
  ordinary: { id: ['orderId'], clientId: ['origClientOrderId'] },
  algo: { id: ['algoId'], clientId: ['clientAlgoId'] },
} as const;

/** The order that the parameters name, the newest of its client id; `undefined`: there is none. */
export function findNamed(
  books: Books,
  account: string,
  params: Params,
  kind: Kind,
): Order | BinanceError | undefined {
  const id = param(params, ...NAMES[kind].id);
  const clientId = param(params, ...NAMES[kind].clientId);
  if (id === undefined && clientId === undefined)
    return {
      ...missing(NAMES[kind].id[0]),
      msg: `Param '${NAMES[kind].clientId[0]}' or '${NAMES[kind].id[0]}' must be sent, but both were empty/null!`,
    };
  return id === undefined
    ? ordersOf(books, account, kind).findLast((order) => clientIdOf(order) === clientId)
    : findById(books, account, id, kind);
}

function findById(books: Books, account: string, id: string, kind: Kind): Order | undefined {
  const direct = books.orders.get(id);
  const order = direct ?? [...books.orders.values()].find((one) => wireId(one.orderId) === id);
  const shown = order?.account === account && isShown(order, kind) && isKept(order, books.now());
  return shown ? order : undefined;
}
