/**
 * Binance's positions, open orders and open algo orders, asked together, as the lists of one reading. The
 * whole account costs 85 of 2,400 a minute, one symbol 7: so a leg is read by its symbol.
 */
import type { ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import type { Symbol } from '../../domain/terms.ts';
import {
  createAccountReading,
  createSequence,
  rowsOrProblem,
  type AccountLists,
  type SnapshotReader,
} from '../account-reading.ts';
import { createListMemory, type ListMemory } from '../list-memory.ts';
import { readBody, readRows, SKIP, type Rows } from '../rows.ts';
import type { EndpointName } from './endpoints.ts';
import { isTriggering, toAlgoOrder } from './map-algo-order.ts';
import { toOrder } from './map-order.ts';
import { toPosition } from './map-position.ts';
import { mappingContext, type Context, type Deps } from './orders.ts';
import {
  algoOrderRow,
  orderRow,
  positionRow,
  rowsBody,
  type AlgoOrderRow,
  type OrderRow,
  type PositionRow,
} from './wire.ts';

/** Where the lists come from, what narrows them, and what they held the last time. */
type Scope = {
  orders: EndpointName;
  algoOrders: EndpointName;
  params: Record<string, string>;
  memory: Memory;
};

type Memory = {
  positions: ListMemory<ExchangePosition, PositionRow>;
  orders: ListMemory<ExchangeOrder, OrderRow>;
  algoOrders: ListMemory<ExchangeOrder, AlgoOrderRow>;
};

const createMemory = (): Memory => ({
  positions: createListMemory(),
  orders: createListMemory(),
  algoOrders: createListMemory((row) => !isTriggering(row)),
});

export function createSnapshotReader(deps: Deps): SnapshotReader {
  const nextSequence = createSequence();
  const whole: Scope = {
    orders: 'allOpenOrders',
    algoOrders: 'allOpenAlgoOrders',
    params: {},
    memory: createMemory(),
  };
  const account = createAccountReading((onSent) => readLists(deps, whole, onSent), nextSequence);
  const bySymbol = new Map<Symbol, SnapshotReader>();
  const readerOf = (symbol: Symbol): SnapshotReader => {
    const known = bySymbol.get(symbol);
    if (known) return known;
    const params = { symbol: deps.markets.idOf(symbol) };
    // Read too seldom to be remembered.
    const scope = (): Scope => ({
      orders: 'openOrders',
      algoOrders: 'openAlgoOrders',
      params,
      memory: createMemory(),
    });
    const reader = createAccountReading((onSent) => readLists(deps, scope(), onSent), nextSequence);
    bySymbol.set(symbol, reader);
    return reader;
  };
  return {
    snapshot: account.snapshot,
    legSnapshot: (leg) => readerOf(leg.symbol).legSnapshot(leg),
  };
}

async function readLists(
  deps: Deps,
  { orders, algoOrders, params, memory }: Scope,
  onSent: (atMs: number) => void,
): Promise<AccountLists> {
  // Asked beside the lists, not before them: what it takes long to learn must not make the reading old.
  const context = mappingContext(deps);
  const list = async (what: string, endpoint: EndpointName, { page }: Pages): Promise<unknown[]> =>
    readBody(what, await deps.api.read(what, endpoint, params, { onSent, rows: page() }), rowsBody);
  const [positions, plain, conditional] = await Promise.all([
    rowsOrProblem(async () =>
      positionsOf(await list('positions', 'positions', memory.positions), await context, memory.positions),
    ),
    rowsOrProblem(async () =>
      ordersOf(await list('open orders', orders, memory.orders), await context, memory.orders),
    ),
    rowsOrProblem(async () =>
      algoOrdersOf(
        await list('open algo orders', algoOrders, memory.algoOrders),
        await context,
        memory.algoOrders,
      ),
    ),
  ]);
  return {
    positions,
    orders: {
      rows: [...plain.rows, ...conditional.rows],
      problems: [...plain.problems, ...conditional.problems],
    },
  };
}

type Pages = Pick<ListMemory<never, never>, 'page'>;

const positionsOf = (
  list: unknown[],
  context: Context,
  memory: Memory['positions'],
): Rows<ExchangePosition> =>
  readRows<typeof positionRow, ExchangePosition>(
    'position',
    list,
    positionRow,
    (row) => toPosition(row, context),
    memory.meanings(context),
  );

/**
 * Rows that ended between the exchange's lists are no open orders. An order that carries an own algo order
 * out has its client id: shown beside or instead of it, it would be taken for it, under another number.
 */
const ordersOf = (list: unknown[], context: Context, memory: Memory['orders']): Rows<ExchangeOrder> =>
  readRows<typeof orderRow, ExchangeOrder>(
    'order',
    list,
    orderRow,
    (row) => (isOwnConditional(row.clientOrderId) ? SKIP : openOnly(toOrder(row, context))),
    memory.meanings(context),
  );

function isOwnConditional(clientOrderId: string | null | undefined): boolean {
  const role = parseClientOrderId(clientOrderId ?? '')?.role;
  return role === 'stop' || role === 'target';
}

/** What has triggered is carried out by an order of its own, and is open until it was looked up. */
const algoOrdersOf = (list: unknown[], context: Context, memory: Memory['algoOrders']): Rows<ExchangeOrder> =>
  readRows<typeof algoOrderRow, ExchangeOrder>(
    'algo order',
    list,
    algoOrderRow,
    (row) => openOnly(toAlgoOrder(row, undefined, context)),
    memory.meanings(context),
  );

const openOnly = (order: ExchangeOrder | { problem: string }) =>
  'problem' in order || order.status === 'open' ? order : SKIP;
