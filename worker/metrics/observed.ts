/** What the watcher of one account tells, as metrics. */
import type { ObserveMetrics } from '../../activities/observe/deps.ts';
import type { Meters } from './meters.ts';
import type { TickToClose } from './tick-to-close.ts';

export function observeMetrics(account: string, meters: Meters, tickToClose: TickToClose): ObserveMetrics {
  return {
    snapshot: (result) => meters.count('holdfast_snapshots_total', { account, result }),
    signal: (signal, result, tookMs) => {
      meters.count('holdfast_signals_total', { account, signal, result });
      if (result !== 'failed') meters.seconds('holdfast_signal_seconds', { signal }, tookMs / 1_000);
    },
    crossing: (kind, workflowId) => {
      meters.count('holdfast_crossings_total', { account, kind });
      // The other levels move a stop; a close that comes later is not their doing.
      if (kind === 'stop' || kind === 'target') tickToClose.crossed(workflowId);
    },
    balance: (result) => meters.count('holdfast_balance_reads_total', { account, result }),
    reconciled: (kind, count) => meters.count('holdfast_reconciliations_total', { account, kind }, count),
    figures: (result) => meters.count('holdfast_late_figures_total', { account, result }),
  };
}
