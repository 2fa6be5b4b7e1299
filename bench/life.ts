/** What one standard life costs: market entry, stop, target, closed by the target. */
import { positionWorkflowId } from '../contract/ids.ts';
import { eventually } from '../test/support/eventually.ts';
import { opened } from './open.ts';
import type { Report } from './report.ts';
import { atMost } from './target.ts';
import { LIFE_ACCOUNT, marketOf, symbolOf, type Setting } from './setting.ts';

export async function life(setting: Setting, index: number): Promise<Report> {
  const terms = { quantity: '0.1', stopLoss: { price: '900' }, takeProfit: { price: '1050' } };
  const { epoch, workflowId } = await opened(setting, index, terms, LIFE_ACCOUNT);
  // No standard life is over before the watcher has told it once.
  await eventually(async () => {
    const { position } = await setting.holdfast.show({ workflowId });
    if (position.lastSnapshotAt === null) throw new Error('no reading was told yet');
  });
  const protectedMs = await entryToProtection(setting, index);
  await setting.venue.control.setPrice({ symbol: marketOf(index), last: '1060', path: 'walk' });
  const key = { account: LIFE_ACCOUNT, symbol: symbolOf(index), leg: 'net' as const, epoch };
  const row = await eventually(async () => {
    const found = await setting.journal.trade(key);
    if (!found) throw new Error('no journal row yet');
    return found;
  }, 60_000);
  const handle = setting.client.workflow.getHandle(positionWorkflowId(key));
  await handle.result();
  const { historyLength, historySize = 0 } = await handle.describe();
  return {
    name: 'one standard life: market entry, stop, target, closed by the target',
    rows: [
      {
        what: 'history events',
        value: String(historyLength),
        unit: 'events',
        bound: 'three per activity, three per workflow task',
        data: { historyLength },
        target: atMost(historyLength, 80, 'events'),
      },
      {
        what: 'history size',
        value: (historySize / 1024).toFixed(1),
        unit: 'KB',
        bound: 'readings and publications in activity payloads',
        data: { historySize },
        target: atMost(historySize / 1024, 12, 'KB'),
      },
      {
        what: 'entry order to stop and target resting, by the books',
        value: String(protectedMs),
        unit: 'ms',
        bound: 'the fill heard of, two placements through Temporal',
        data: { protectedMs },
      },
      {
        what: 'time without cover',
        value: String(row.uncoveredMs),
        unit: 'ms',
        bound: 'from hearing of the fill to the stop resting',
        data: { uncoveredMs: row.uncoveredMs },
      },
    ],
  };
}

/** By the venue's own times: from taking the entry to taking the last of the orders that protect it. */
async function entryToProtection({ venue: { control } }: Setting, index: number): Promise<number> {
  const { orders } = await control.books(LIFE_ACCOUNT);
  const times = orders.flatMap(({ symbol, createdAtMs }) =>
    symbol === marketOf(index) ? [createdAtMs] : [],
  );
  return Math.max(...times) - Math.min(...times);
}
