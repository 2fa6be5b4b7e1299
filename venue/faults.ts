/**
 * Planned faults: which requests they hit, how often, by seeded chance or by count.
 * The first plan that applies to a request wins.
 */
import type { FaultPlan, FaultView, RequestMatch } from './control/types.ts';
import { createRandom } from './feeds/random.ts';
import type { WireRequest, RequestFacts } from './wire.ts';

const MAX_PLANS = 1_000;

export type Faults = {
  readonly plan: (plan: FaultPlan) => FaultView;
  readonly list: () => FaultView[];
  /** All of them without an id. Returns how many. */
  readonly clear: (id?: string) => number;
  /** The fault that this request suffers; counts it. */
  readonly next: (
    request: Pick<WireRequest, 'method' | 'path'>,
    facts: RequestFacts,
  ) => FaultPlan | undefined;
};

type Planned = {
  readonly id: string;
  readonly plan: FaultPlan;
  readonly random: () => number;
  seen: number;
  applied: number;
};

export function createFaults(): Faults {
  let plans: Planned[] = [];
  let nextId = 1;
  const view = ({ id, plan, seen, applied }: Planned): FaultView => ({ ...plan, id, seen, applied });

  return {
    plan(plan) {
      if (plans.length >= MAX_PLANS) throw new Error(`no more than ${MAX_PLANS} faults can be planned`);
      const planned: Planned = {
        id: `fault-${nextId++}`,
        plan,
        random: createRandom(plan.seed ?? 1).next,
        seen: 0,
        applied: 0,
      };
      plans.push(planned);
      return view(planned);
    },
    list: () => plans.map(view),
    clear(id) {
      const before = plans.length;
      plans = id === undefined ? [] : plans.filter((planned) => planned.id !== id);
      return before - plans.length;
    },
    next(request, facts) {
      for (const planned of plans)
        if (matches(planned.plan.match ?? {}, request, facts) && strikes(planned)) return planned.plan;
      return undefined;
    },
  };
}

export function matches(
  match: RequestMatch,
  request: Pick<WireRequest, 'method' | 'path'>,
  facts: RequestFacts,
): boolean {
  if (match.method !== undefined && match.method !== request.method) return false;
  if (match.path !== undefined && match.path !== request.path) return false;
  if (match.pathContains !== undefined && !request.path.includes(match.pathContains)) return false;
  if (match.account !== undefined && match.account !== facts.account) return false;
  return Object.entries(match.params ?? {}).every(([key, value]) => facts.params[key] === String(value));
}

/** Whether a matching request is hit: after `skip` others, by chance, as long as `count` lasts. */
function strikes(planned: Planned): boolean {
  const { plan } = planned;
  planned.seen += 1;
  if (planned.seen <= (plan.skip ?? 0)) return false;
  const most = plan.count === undefined ? (plan.probability === undefined ? 1 : null) : plan.count;
  if (most !== null && planned.applied >= most) return false;
  if (plan.probability !== undefined && planned.random() >= plan.probability) return false;
  planned.applied += 1;
  return true;
}
