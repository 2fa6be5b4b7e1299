/** Do bot and exchange agree? The comparison behind `check`: pure, and it changes nothing. */
import { eq } from '../domain/decimal.ts';
import type { AccountSnapshot, ExchangePosition } from '../domain/exchange-truth.ts';
import type { PositionView, ProtectionView } from '../domain/view.ts';

export type Difference = {
  account: string;
  symbol: string;
  leg: string;
  /** Stable, for programs. */
  kind:
    | 'only_at_exchange'
    | 'only_here'
    | 'side'
    | 'quantity'
    | 'missing_order'
    | 'uncovered'
    | 'position_id';
  text: string;
};

/** Every difference between what is kept here and one complete snapshot of the same account. */
export function compare(
  account: string,
  views: readonly PositionView[],
  snapshot: AccountSnapshot,
): Difference[] {
  const here = new Map(views.filter(isHeld).map((view) => [`${view.symbol} ${view.leg}`, view]));
  const there = new Map(
    snapshot.positions.map((position) => [`${position.symbol} ${position.leg}`, position]),
  );
  const orderIds = new Set(snapshot.orders.map(({ orderId }) => orderId));
  const keys = [...new Set([...here.keys(), ...there.keys()])].sort();
  return keys.flatMap((key) => differences(account, here.get(key), there.get(key), orderIds));
}

/** An entry that has not filled yet holds nothing, and neither does a position that is settling. */
const isHeld = (view: PositionView): boolean =>
  !eq(view.quantity, '0') && view.stage !== 'settling' && view.stage !== 'closed';

function differences(
  account: string,
  view: PositionView | undefined,
  position: ExchangePosition | undefined,
  orderIds: ReadonlySet<string>,
): Difference[] {
  const subject = view ?? position;
  if (subject === undefined) return [];
  const found = (kind: Difference['kind'], text: string): Difference => ({
    account,
    symbol: subject.symbol,
    leg: subject.leg,
    kind,
    text,
  });
  if (view === undefined)
    return [
      found(
        'only_at_exchange',
        `the exchange holds ${position?.side} ${position?.quantity}, Holdfast holds nothing`,
      ),
    ];
  if (position === undefined)
    return [found('only_here', `Holdfast holds ${view.side} ${view.quantity}, the exchange holds nothing`)];
  const list: Difference[] = [];
  if (view.side !== position.side)
    list.push(found('side', `${view.side} here, ${position.side} at the exchange`));
  if (!eq(view.quantity, position.quantity))
    list.push(found('quantity', `${view.quantity} here, ${position.quantity} at the exchange`));
  if (
    view.exchangePositionId !== null &&
    position.exchangePositionId !== undefined &&
    view.exchangePositionId !== position.exchangePositionId
  ) {
    list.push(
      found(
        'position_id',
        `position id ${view.exchangePositionId} here, ${position.exchangePositionId} at the exchange`,
      ),
    );
  }
  for (const { name, order } of liveOrders(view)) {
    if (order.orderId === null || orderIds.has(order.orderId)) continue;
    list.push(
      found('missing_order', `${name} ${order.orderId} counts as live here and is not open at the exchange`),
    );
  }
  if (!view.covered) list.push(found('uncovered', 'no live stop covers the whole quantity'));
  return list;
}

function liveOrders({ tranches }: PositionView): { name: string; order: ProtectionView }[] {
  return tranches
    .flatMap(({ stopLoss, takeProfit }) => [
      { name: 'stop', order: stopLoss },
      { name: 'target', order: takeProfit },
    ])
    .filter(({ order }) => order.state === 'live');
}
