/**
 * The activities, grouped by retry class. Every class says why it is tried as often as it is.
 * Activities of an account run on the account's queue: only a process with its keys polls it.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { ExchangeActivities, JournalActivities, ObserveActivities } from '../activities/api.ts';
import { accountTaskQueue } from '../contract/ids.ts';
import { nearest } from './nearest.ts';

/** Below it, an HTTP call (4 s) and its wait for the rate limit (1.5 s) always end by themselves. */
const ORDER_TIMEOUT = '6 seconds';

/** A dead worker's reads are given to another after this; heartbeats come every second. */
const READS_BEAT_WITHIN = '5 seconds';

/** Everything that one account's workflows may ask of the outside. */
export type Outside = ReturnType<typeof outside>;

export function outside(account: string) {
  const taskQueue = accountTaskQueue(account);
  return {
    // One attempt: sending an order again is a decision, taken only after looking for the first one.
    orders: nearest<Pick<ExchangeActivities, 'placeOrder' | 'placeOrders' | 'cancelOrder'>>(taskQueue, {
      startToCloseTimeout: ORDER_TIMEOUT,
      retry: { maximumAttempts: 1 },
    }),
    // Reads change nothing: for as long as it takes, backing off.
    reads: nearest<
      Pick<
        ExchangeActivities,
        'findOrder' | 'readLeg' | 'readFigures' | 'readAdoptionFacts' | 'readVolatility'
      >
    >(taskQueue, {
      startToCloseTimeout: '12 seconds',
      heartbeatTimeout: READS_BEAT_WITHIN,
      retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '15 seconds' },
    }),
    // Several reads in one.
    evidence: nearest<Pick<ExchangeActivities, 'readEvidence'>>(taskQueue, {
      startToCloseTimeout: '25 seconds',
      heartbeatTimeout: READS_BEAT_WITHIN,
      retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '15 seconds' },
    }),
    // Somebody waits for the answer: a few tries, then say so.
    questions: nearest<
      Pick<ExchangeActivities, 'readPrice' | 'readEntryFacts' | 'readAdoptionFacts' | 'readVolatility'>
    >(taskQueue, {
      startToCloseTimeout: '12 seconds',
      heartbeatTimeout: READS_BEAT_WITHIN,
      scheduleToCloseTimeout: '20 seconds',
      retry: { initialInterval: '300 milliseconds', maximumAttempts: 3 },
    }),
    // The journal is written for ever: records carry keys, so again is harmless.
    journal: nearest<JournalActivities>(taskQueue, {
      startToCloseTimeout: '10 seconds',
      retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
    }),
    // Runs as long as the account does. A dead worker's watch goes to another within 3.5 s; one that only
    // stalls meanwhile may be there beside it, which is harmless, as a watch does nothing but tell. Never
    // backing off: every restart of a worker is an attempt, and the hundredth must be as quick as the first.
    observe: proxyActivities<ObserveActivities>({
      taskQueue,
      startToCloseTimeout: '3650 days',
      heartbeatTimeout: '2500 milliseconds',
      retry: { initialInterval: '300 milliseconds', backoffCoefficient: 1 },
    }),
  };
}
