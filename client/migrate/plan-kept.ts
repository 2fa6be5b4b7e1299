/** A position that a workflow keeps already: nothing to do, unless it was taken up by policy in the meantime. */
import type { AdoptRequest, ProtectionPrice, SetProtectionRequest } from '../../contract/messages.ts';
import { eq } from '../../domain/decimal.ts';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Kept } from '../../domain/audit/explained.ts';
import { isConditional } from '../../domain/terms.ts';
import type { PositionView, ProtectionView } from '../../domain/view.ts';
import type { MigrationItem, MigrationSides } from './migration.ts';

/** Once somebody has said how it shall be protected it is managed, and stays as it is then. */
export function keptItem(
  common: Pick<MigrationItem, 'symbol' | 'leg' | 'side' | 'quantity' | 'records' | 'remarks'>,
  wish: AdoptRequest,
  { workflowId }: Kept,
  { views, snapshot }: Pick<MigrationSides, 'views' | 'snapshot'>,
): MigrationItem {
  const view = views.find((each) => each.workflowId === workflowId);
  const isPolicys = view?.adopted === true && (view.policy === 'protect' || view.policy === 'watch');
  const protection = isPolicys && view ? missingOf(wish, view) : {};
  if (Object.keys(protection).length === 0)
    return { ...common, step: 'kept', text: `kept by ${workflowId}`, workflowId };
  const parts = Object.entries(protection).map(([name, price]) => `${WORDS[name] ?? name} ${textOf(price)}`);
  const beside = view ? strangers(view, snapshot.orders) : [];
  return {
    ...common,
    remarks: [...common.remarks, ...beside],
    step: 'set_protection',
    text: `taken up by policy as ${workflowId}: give it its ${parts.join(' and ')}`,
    workflowId,
    protection,
  };
}

const WORDS: Readonly<Record<string, string>> = { stopLoss: 'stop', takeProfit: 'target' };

const textOf = (price: ProtectionPrice | null): string => (price && 'price' in price ? price.price : '');

/** What was there before is somebody else's to this position, and stays until somebody cancels it. */
function strangers(view: PositionView, orders: readonly ExchangeOrder[]): string[] {
  const own = new Set(
    view.tranches.flatMap(({ stopLoss, takeProfit }) => [stopLoss.orderId, takeProfit.orderId]),
  );
  const others = orders.filter(
    (order) =>
      order.symbol === view.symbol &&
      order.leg === view.leg &&
      isConditional(order) &&
      !own.has(order.orderId),
  );
  if (others.length === 0) return [];
  const ids = others.map(({ orderId }) => orderId).join(', ');
  return [`the old orders stay (${ids}): cancel them at the exchange once its own rest`];
}

function missingOf(
  wish: AdoptRequest,
  view: PositionView,
): Pick<SetProtectionRequest, 'stopLoss' | 'takeProfit'> {
  const has = (name: 'stopLoss' | 'takeProfit', wanted: ProtectionPrice): boolean =>
    'price' in wanted && view.tranches.every((tranche) => isAt(tranche[name], wanted.price));
  const { stopLoss, takeProfit } = wish;
  return {
    ...(stopLoss && !has('stopLoss', stopLoss) && { stopLoss }),
    ...(takeProfit && !has('takeProfit', takeProfit) && { takeProfit }),
  };
}

const isAt = ({ price }: ProtectionView, wanted: string): boolean => price !== null && eq(price, wanted);
