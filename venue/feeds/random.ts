/** A small seeded generator (mulberry32) whose whole state is one number, so that it can be stored. */
export type Random = {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** Roughly normal, mean 0, deviation 1. */
  readonly normal: () => number;
  readonly state: () => number;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  // Twelve uniforms sum up to a bell of deviation 1.
  const normal = (): number => Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, -6);
  return { next, normal, state: () => state };
}
