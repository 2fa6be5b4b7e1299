/**
 * Which levels a price reaches, without any index and without the project's decimals: every level is held
 * against every price, as whole numbers of 10^-8.
 */
import type { Decimal } from '../../domain/decimal.ts';
import type { PriceLevel } from '../../domain/view.ts';

const PLACES = 8;

export function scaled(price: Decimal): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  if (fraction.length > PLACES) throw new Error(`${price} has more than ${PLACES} decimals`);
  return BigInt(whole + fraction.padEnd(PLACES, '0'));
}

export const crossingId = ({ workflowId, levelId, generation }: PriceLevel): string =>
  `${workflowId} ${levelId}@${generation}`;

type Watched = { level: PriceLevel; price: bigint; armedAt: number; reached: boolean };

export function createBruteForce() {
  const watched = new Map<string, Map<string, Watched>>();
  return {
    /** Makes these the levels of a position; one that was reached stays so as long as it is the same. */
    replace: (workflowId: string, levels: readonly PriceLevel[], armedAt: number): void => {
      const known = watched.get(workflowId);
      watched.set(
        workflowId,
        new Map(
          levels.map((level) => {
            const id = crossingId(level);
            return [id, known?.get(id) ?? { level, price: scaled(level.price), armedAt, reached: false }];
          }),
        ),
      );
    },
    /** Ids of what a price between these reaches, among what was armed by then. */
    reached: (low: Decimal, high: Decimal, armedBy = Infinity): string[] => {
      const [lowest, highest] = [scaled(low), scaled(high)];
      return [...watched.values()]
        .flatMap((levels) => [...levels])
        .filter(([, one]) => {
          const there = one.level.direction === 'up' ? highest >= one.price : lowest <= one.price;
          const counts = there && !one.reached && one.armedAt <= armedBy;
          if (counts) one.reached = true;
          return counts;
        })
        .map(([id]) => id)
        .toSorted();
    },
  };
}
