/** Bybit's open positions and live orders, conditional ones included, as the lists of one reading. */
import type { ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { createAccountReading, rowsOrProblem, type SnapshotReader } from '../account-reading.ts';
import { createListMemory, type Circumstances, type ListMemory } from '../list-memory.ts';
import type { Markets } from '../market-list.ts';
import { readRows, SKIP, type Rows } from '../rows.ts';
import { SETTLE_COIN, type BybitApi } from './api.ts';
import { toOrder, type MappingContext } from './map-order.ts';
import { toPosition } from './map-position.ts';
import { readPages } from './pages.ts';
import { orderRow, positionRow, type OrderRow, type PositionRow } from './wire.ts';

export type Deps = { api: BybitApi; markets: Markets };

/** The most rows of one page. */
const POSITIONS_PAGE = 200;
export const ORDERS_PAGE = 50;
/** Only what is open: the live list can show the last 500 finished orders as well. */
export const OPEN_ONLY = 0;

export function createSnapshotReader(deps: Deps): SnapshotReader {
  const positionMemory = createListMemory<ExchangePosition, PositionRow>();
  const orderMemory = createListMemory<ExchangeOrder, OrderRow>();
  return createAccountReading(async (onSent) => {
    // Asked beside the lists, not before them: what it takes long to learn must not make the reading old.
    const context = mappingContext(deps);
    const { api } = deps;
    const [positions, orders] = await Promise.all([
      rowsOrProblem(async () => {
        const asked = { settleCoin: SETTLE_COIN, limit: POSITIONS_PAGE };
        const list = await readPages(api, 'positions', asked, { onSent, memory: positionMemory });
        return positionsOf(list, await context, positionMemory);
      }),
      rowsOrProblem(async () => {
        const asked = { settleCoin: SETTLE_COIN, openOnly: OPEN_ONLY, limit: ORDERS_PAGE };
        const list = await readPages(api, 'liveOrders', asked, { onSent, memory: orderMemory });
        return openOrdersOf(list, await context, orderMemory);
      }),
    ]);
    return { positions, orders };
  });
}

type Context = MappingContext & Circumstances;

/** The market list makes symbols of ids; without it plain names must do. */
export async function mappingContext({ api, markets }: Deps): Promise<Context> {
  await Promise.allSettled([markets.ready()]);
  return { markets, clock: api.clock };
}

const positionsOf = (
  list: readonly unknown[],
  context: Context,
  memory: ListMemory<ExchangePosition, PositionRow>,
): Rows<ExchangePosition> =>
  readRows<typeof positionRow, ExchangePosition>(
    'position',
    list,
    positionRow,
    (row) => toPosition(row, context),
    memory.meanings(context),
  );

/** Rows that ended between two pages are no open orders; a row that moved on to the next page is one order. */
function openOrdersOf(
  list: readonly unknown[],
  context: Context,
  memory: ListMemory<ExchangeOrder, OrderRow>,
): Rows<ExchangeOrder> {
  const inList = { ...context, listsOpen: true };
  const { rows, problems } = readRows<typeof orderRow, ExchangeOrder>(
    'order',
    list,
    orderRow,
    (row) => {
      const order = toOrder(row, inList);
      return 'problem' in order || order.status === 'open' ? order : SKIP;
    },
    memory.meanings(context),
  );
  // Here, as it is no matter of the row: the next time it may be the only one.
  const byId = Map.groupBy(rows, ({ orderId }) => orderId);
  return { rows: [...byId.values()].flatMap(([first]) => first ?? []), problems };
}
