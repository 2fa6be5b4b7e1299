/** BingX's positions and open orders, asked together, as the lists of one reading. */
import type { ExchangeOrder, ExchangePosition } from '../../domain/exchange-truth.ts';
import { createAccountReading, rowsOrProblem, type SnapshotReader } from '../account-reading.ts';
import type { AccountReader } from './account.ts';
import type { BingxApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { toOrder, type MappingContext } from './map-order.ts';
import { toPosition } from './map-position.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows, SKIP, type Rows } from '../rows.ts';
import { orderRow, ordersBody, positionRow, positionsBody } from './wire.ts';

export type Deps = { api: BingxApi; markets: Markets; account: AccountReader };

export const createSnapshotReader = (deps: Deps): SnapshotReader =>
  createAccountReading(async (onSent) => {
    // Asked beside the lists, not before them: what it takes long to learn must not make the reading old.
    const context = mappingContext(deps);
    const list = (endpoint: EndpointName) => deps.api.read(endpoint, endpoint, {}, { onSent });
    const [positions, orders] = await Promise.all([
      rowsOrProblem(async () => positionsOf(await list('positions'), await context)),
      rowsOrProblem(async () => ordersOf(await list('openOrders'), await context)),
    ]);
    return { positions, orders };
  });

/** A mode that cannot be read is no reason not to read rows: most of them name their leg themselves. */
export async function mappingContext({ api, markets, account }: Deps): Promise<MappingContext> {
  const [, mode] = await Promise.allSettled([markets.ready(), account.positionMode()]);
  return { markets, clock: api.clock, mode: mode.status === 'fulfilled' ? mode.value : account.knownMode() };
}

function positionsOf(body: unknown, context: MappingContext): Rows<ExchangePosition> {
  const { data } = readBody('positions', body, positionsBody);
  return readRows<typeof positionRow, ExchangePosition>('position', data, positionRow, (row) =>
    toPosition(row, context),
  );
}

/** Rows that ended between the exchange's lists are no open orders. */
function ordersOf(body: unknown, context: MappingContext): Rows<ExchangeOrder> {
  const { data } = readBody('open orders', body, ordersBody);
  return readRows<typeof orderRow, ExchangeOrder>('order', data, orderRow, (row) => {
    const order = toOrder(row, { ...context, listsOpen: true });
    return 'problem' in order || order.status === 'open' ? order : SKIP;
  });
}
