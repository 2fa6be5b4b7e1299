/** What a watcher tells, as metrics. */
import { expect, it, vi } from 'vitest';
import { observeMetrics } from '../../../worker/metrics/observed.ts';
import { createCounted } from './counted.ts';

it('everything a watcher tells is counted, and the crossing of an exit begins the time to its close', () => {
  const { meters, counts, times } = createCounted();
  const crossed = vi.fn<(workflowId: string) => void>();
  const metrics = observeMetrics('a', meters, { crossed, closed: () => undefined });
  metrics.snapshot('complete', 40);
  metrics.signal('reconcile', 'delivered', 12);
  metrics.signal('reconcile', 'failed', 10_000);
  metrics.crossing('stop', 'position/a/BTC/USDT:USDT/net');
  metrics.crossing('trail', 'position/a/ETH/USDT:USDT/net');
  metrics.balance('same', 5);
  metrics.reconciled('adl', 2);
  metrics.figures('found');
  expect(Object.fromEntries(counts)).toEqual({
    'holdfast_snapshots_total a complete': 1,
    'holdfast_signals_total a reconcile delivered': 1,
    'holdfast_signals_total a reconcile failed': 1,
    'holdfast_crossings_total a stop': 1,
    'holdfast_crossings_total a trail': 1,
    'holdfast_balance_reads_total a same': 1,
    'holdfast_reconciliations_total a adl': 2,
    'holdfast_late_figures_total a found': 1,
  });
  // How long a failure took says nothing of how long a signal takes.
  expect(times).toEqual([['holdfast_signal_seconds reconcile', 0.012]]);
  expect(crossed.mock.calls).toEqual([['position/a/BTC/USDT:USDT/net']]);
});
