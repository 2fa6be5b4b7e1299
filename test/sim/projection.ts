/** The journal's projection of open positions, as the watcher reads it: a finished position has no row. */
import { legKey } from '../../activities/observe/legs.ts';
import { projectedLeg, type ProjectedLeg } from '../../activities/observe/projected-leg.ts';
import type { PositionView } from '../../domain/view.ts';

export function createProjection() {
  const legs = new Map<string, ProjectedLeg>();
  return {
    rows: (): ProjectedLeg[] => [...legs.values()],
    put(view: PositionView): void {
      const { epoch, stage } = view;
      const key = legKey(view);
      if (stage !== 'closed') legs.set(key, projectedLeg(view));
      else if (legs.get(key)?.epoch === epoch) legs.delete(key);
    },
  };
}
