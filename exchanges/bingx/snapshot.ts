/** BingX's positions and open orders, asked together, as the lists of one reading. */
import type { ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { createAccountReading, rowsOrProblem, type SnapshotReader } from '../account-reading.ts';
import { createListMemory, type Circumstances, type ListMemory } from '../list-memory.ts';
import type { AccountReader } from './account.ts';
import type { BingxApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { toOrder, type MappingContext } from './map-order.ts';
import { toPosition } from './map-position.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows, SKIP, type Rows } from '../rows.ts';
import { orderRow, ordersBody, positionRow, positionsBody, type OrderRow, type PositionRow } from './wire.ts';

export type Deps = { api: BingxApi; markets: Markets; account: AccountReader };

export function createSnapshotReader(deps: Deps): SnapshotReader {
  const positionMemory = createListMemory<ExchangePosition, PositionRow>();
  const orderMemory = createListMemory<ExchangeOrder, OrderRow>();
  return createAccountReading(async (onSent) => {
    // Asked beside the lists, not before them: what it takes long to learn must not make the reading old.
    const context = mappingContext(deps);
    const list = (endpoint: EndpointName, memory: Pick<ListMemory<never, never>, 'page'>) =>
      deps.api.read(endpoint, endpoint, {}, { onSent, rows: memory.page() });
    const [positions, orders] = await Promise.all([
      rowsOrProblem(async () =>
        positionsOf(await list('positions', positionMemory), await context, positionMemory),
      ),
      rowsOrProblem(async () => ordersOf(await list('openOrders', orderMemory), await context, orderMemory)),
    ]);
    return { positions, orders };
  });
}

type Context = MappingContext & Circumstances;

/** A mode that cannot be read is no reason not to read rows: most of them name their leg themselves. */
export async function mappingContext({ api, markets, account }: Deps): Promise<Context> {
  const [, mode] = await Promise.allSettled([markets.ready(), account.positionMode()]);
  return { markets, clock: api.clock, mode: mode.status === 'fulfilled' ? mode.value : account.knownMode() };
}

function positionsOf(
  body: unknown,
  context: Context,
  memory: ListMemory<ExchangePosition, PositionRow>,
): Rows<ExchangePosition> {
  const { data } = readBody('positions', body, positionsBody);
  return readRows<typeof positionRow, ExchangePosition>(
    'position',
    data,
    positionRow,
    (row) => toPosition(row, context),
    memory.meanings(context),
  );
}

/** Rows that ended between the exchange's lists are no open orders. */
function ordersOf(
  body: unknown,
  context: Context,
  memory: ListMemory<ExchangeOrder, OrderRow>,
): Rows<ExchangeOrder> {
  const { data } = readBody('open orders', body, ordersBody);
  // In this list no row's meaning depends on its age; see `isSpent`.
  const inList = { ...context, listsOpen: true };
  return readRows<typeof orderRow, ExchangeOrder>(
    'order',
    data,
    orderRow,
    (row) => {
      const order = toOrder(row, inList);
      return 'problem' in order || order.status === 'open' ? order : SKIP;
    },
    memory.meanings(context),
  );
}
