/** The journal's projection of open positions, as the watcher reads it: a finished position has no row. */
import type { ProjectedLeg } from '../../activities/observe/differences.ts';
import { legKey } from '../../activities/observe/legs.ts';
import type { PositionView } from '../../domain/view.ts';

export function createProjection() {
  const legs = new Map<string, ProjectedLeg>();
  return {
    rows: (): ProjectedLeg[] => [...legs.values()],
    put({ symbol, leg, epoch, stage, tranches }: PositionView): void {
      const key = legKey({ symbol, leg });
      const protections = tranches.flatMap(({ stopLoss, takeProfit, targets }) => [
        stopLoss,
        ...(targets ?? [takeProfit]),
      ]);
      const rests = protections.flatMap(({ state, orderId }) =>
        state === 'live' && orderId !== null ? [orderId] : [],
      );
      if (stage !== 'closed') legs.set(key, { symbol, leg, epoch, rests });
      else if (legs.get(key)?.epoch === epoch) legs.delete(key);
    },
  };
}
