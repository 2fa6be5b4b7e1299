/** What a figure should be, and whether it is. Pure. */

/** `text` for people; a figure that is not a number meets no target. */
export type Target = { text: string; met: boolean };

export const atMost = (value: number, limit: number, unit: string): Target => ({
  text: `<= ${limit} ${unit}`.trim(),
  met: value <= limit,
});

export const atLeast = (value: number, limit: number, unit: string): Target => ({
  text: `>= ${limit} ${unit}`.trim(),
  met: value >= limit,
});

/** Met when all are. */
export const both = (...targets: readonly [Target, ...Target[]]): Target => ({
  text: targets.map(({ text }) => text).join(', '),
  met: targets.every(({ met }) => met),
});
