/** Lets only so many pieces of work of one name run at once; the others wait their turn, in order. */
type Lane = { running: number; waiting: (() => void)[] };

export type Lanes = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createLanes(limit: number): Lanes {
  const lanes = new Map<string, Lane>();
  return async (name, work) => {
    const lane = lanes.get(name) ?? { running: 0, waiting: [] };
    lanes.set(name, lane);
    // Whoever ends hands its place on, so that nobody new slips in before those who wait.
    if (lane.running >= limit) await new Promise<void>((resolve) => lane.waiting.push(resolve));
    else lane.running += 1;
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.running -= 1;
    }
  };
}
