/** What is wrong with one account, in sentences. Pure. */
import type { AccountStatus } from '../../config/serving.ts';
import type { WatchFigures } from './account-health.ts';

/** Three readings that did not come. */
const TRUTH_OLD_S = 15;
/** The watcher asks for a silent price after 15 s, and should have it by then. */
const PRICE_OLD_S = 25;
/** A stop that is placed or replaced in order takes less. */
const UNCOVERED_LATE_MS = 5_000;

/** @param uncoveredMs how long the worst position has been without full cover */
export function problemsOf(status: AccountStatus, figures: WatchFigures, uncoveredMs: number): string[] {
  switch (status.state) {
    case 'connecting':
      return ['it is being connected'];
    case 'not_served':
      return [`it is not served: ${status.reason}. ${status.remedy}`];
    case 'serving':
      return [
        ...knowledgeProblems(figures),
        ...driftProblems(figures),
        ...(uncoveredMs > UNCOVERED_LATE_MS
          ? [`a position is without full cover, for ${whole(uncoveredMs / 1_000)} s by now`]
          : []),
      ];
  }
}

function knowledgeProblems(figures: WatchFigures): string[] {
  const { active_positions, age_of_truth_seconds: truthS, age_of_price_seconds: priceS } = figures;
  if (truthS === null || active_positions === null) return ['nobody has read the account yet'];
  return [
    ...(truthS > TRUTH_OLD_S ? [`the last complete reading is ${whole(truthS)} s old`] : []),
    ...(figures.websocket_connected === true ? [] : ['a socket is down: changes are only seen by reading']),
    ...(priceS !== null && priceS > PRICE_OLD_S ? [`a price is ${whole(priceS)} s old`] : []),
  ];
}

function driftProblems({ drift, differing_legs, differing, reconciliations }: WatchFigures): string[] {
  const [first] = differing;
  const what = first ? `: ${first.symbol} ${first.leg}, ${first.text}` : '';
  return [
    ...(drift === 'differs'
      ? [`positions and exchange differ on ${differing_legs} ${differing_legs === 1 ? 'leg' : 'legs'}${what}`]
      : []),
    ...(reconciliations.frequent ? ['reconciliations are frequent'] : []),
  ];
}

const whole = (seconds: number): number => Math.round(seconds);
