/** The ports of one running copy: a block of five, so that `--ports BASE` moves them together. */
export const DEFAULT_BASE_PORT = 7833;

/** Offsets from the base; away from 7233 and 8233, where a Temporal of one's own would be. */
export const PORT_OFFSETS = { temporal: 0, ui: 1, venue: 2, control: 3, health: 4 } as const;

export type PortName = keyof typeof PORT_OFFSETS;

/** The highest base whose whole block is still a port number. */
export const MAX_BASE_PORT = 65_535 - Math.max(...Object.values(PORT_OFFSETS));
