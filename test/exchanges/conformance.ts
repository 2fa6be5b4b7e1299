/**
 * What every adapter must do, whatever its exchange: `describeExchange` runs the port's promises against
 * a venue that speaks the exchange's protocol and whose books tell the truth.
 */
import { describe } from 'vitest';
import { withBench, type ExchangeUnderTest } from './conformance/bench.ts';
import { describeFaults } from './conformance/faults.ts';
import { describeHistory } from './conformance/history.ts';
import { describeOrders } from './conformance/orders.ts';
import { describeReads } from './conformance/reads.ts';
import { describeStreams } from './conformance/streams.ts';

export type { ExchangeUnderTest } from './conformance/bench.ts';

export function describeExchange(subject: ExchangeUnderTest): void {
  const meta = { subject: { exchange: subject.name, mode: subject.mode } };
  describe(`${subject.name} in ${subject.mode} mode`, { meta }, () => {
    const bench = withBench(subject);
    describeOrders(bench, subject.mode);
    describeReads(bench, subject.mode);
    describeFaults(bench, subject.mode);
    describeHistory(bench, subject.mode);
    describeStreams(bench, subject.mode);
  });
}
