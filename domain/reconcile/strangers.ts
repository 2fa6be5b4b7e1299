/** Orders in our own dialect on a leg that no position keeps: whose they may be. Pure. */
import type { ExchangeOrder } from '../exchange-truth.ts';
import { legTag, parseClientOrderId } from '../ids.ts';
import type { Leg } from '../terms.ts';

export type StrangeOrder = {
  orderId: string;
  epoch: string;
  /** Of this very leg of this account; else of an installation that calls its account otherwise. */
  ours: boolean;
};

/** Two clocks are compared here, the exchange's and ours: this much between them says nothing. */
const CLOCKS_APART_MS = 60_000;

/**
 * Those that came to be while the account was watched here. Older ones are what an earlier life left; of
 * one without a date nothing is said.
 * @param watchedSinceMs ms of our clock
 */
export const strangersOf = (
  leg: Leg,
  orders: readonly ExchangeOrder[],
  watchedSinceMs: number,
): StrangeOrder[] =>
  orders.flatMap(({ orderId, clientOrderId, createdAtMs }) => {
    const said = clientOrderId === undefined ? undefined : parseClientOrderId(clientOrderId);
    if (!said || createdAtMs === undefined || createdAtMs < watchedSinceMs + CLOCKS_APART_MS) return [];
    return [{ orderId, epoch: said.epoch, ours: said.legTag === legTag(leg) }];
  });

export const strangeEpochs = (orders: readonly StrangeOrder[]): string[] => [
  ...new Set(orders.filter(({ ours }) => ours).map(({ epoch }) => epoch)),
];
