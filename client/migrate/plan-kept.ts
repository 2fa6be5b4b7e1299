/** A position that a workflow keeps already: nothing to do, unless it was taken up by policy in the meantime. */
import type { AdoptRequest, ProtectionPrice, SetProtectionRequest } from '../../contract/messages.ts';
import { eq } from '../../domain/decimal.ts';
import type { Kept } from '../../domain/explained.ts';
import type { PositionView, ProtectionView } from '../../domain/view.ts';
import type { MigrationItem } from './migration.ts';

/** Once somebody has said how it shall be protected it is managed, and stays as it is then. */
export function keptItem(
  common: Pick<MigrationItem, 'symbol' | 'leg' | 'side' | 'quantity' | 'records' | 'remarks'>,
  wish: AdoptRequest,
  { workflowId }: Kept,
  views: readonly PositionView[],
): MigrationItem {
  const view = views.find((each) => each.workflowId === workflowId);
  const isPolicys = view?.adopted === true && (view.policy === 'protect' || view.policy === 'watch');
  const protection = isPolicys && view ? missingOf(wish, view) : {};
  if (Object.keys(protection).length === 0)
    return { ...common, step: 'kept', text: `kept by ${workflowId}`, workflowId };
  const parts = Object.entries(protection).map(([name, price]) => `${WORDS[name] ?? name} ${textOf(price)}`);
  return {
    ...common,
    step: 'set_protection',
    text: `taken up by policy as ${workflowId}: give it its ${parts.join(' and ')}`,
    workflowId,
    protection,
  };
}

const WORDS: Readonly<Record<string, string>> = { stopLoss: 'stop', takeProfit: 'target' };

const textOf = (price: ProtectionPrice | null): string => (price && 'price' in price ? price.price : '');

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
