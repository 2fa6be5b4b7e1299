/** What one standard life costs: market entry, stop, target, closed by the target. */
import { positionWorkflowId } from '../contract/ids.ts';
import { eventually } from '../test/support/eventually.ts';
import type { Processes } from '../test/support/processes.ts';
import { opened } from './open.ts';
import type { Report } from './report.ts';
import { ACCOUNT, marketOf, symbolOf } from './setting.ts';

export async function life(setting: Processes, index: number): Promise<Report> {
  const { epoch } = await opened(setting, index, {
    quantity: '0.1',
    stopLoss: { price: '900' },
    takeProfit: { price: '1050' },
  });
  await setting.venue.control.setPrice({ symbol: marketOf(index), last: '1060', path: 'walk' });
  const key = { account: ACCOUNT, symbol: symbolOf(index), leg: 'net' as const, epoch };
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
      },
      {
        what: 'history size',
        value: (historySize / 1024).toFixed(1),
        unit: 'KB',
        bound: 'readings and publications in activity payloads',
        data: { historySize },
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
