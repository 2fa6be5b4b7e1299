/** The account's position mode, asked as seldom as it can change. */
import type { PositionMode } from '../domain/terms.ts';

/** The mode can only change while the account is flat, so a reading stays good for a while. */
const FRESH_MS = 60_000;

/** A failure is repeated for this long: every list of rows may ask for the mode. */
const FAILURE_MS = 5_000;

export type ModeReader = {
  positionMode: () => Promise<PositionMode>;
  /** The mode if it was read before; for rows that do not name it. */
  knownMode: () => PositionMode | undefined;
};

/** @param ask asks the exchange; throws `ExchangeFault` */
export function createModeReader(ask: () => Promise<PositionMode>): ModeReader {
  let known: { mode: PositionMode; atMs: number } | undefined;
  let failed: { fault: unknown; atMs: number } | undefined;
  let asking: Promise<PositionMode> | undefined;

  const askOnce = async (): Promise<PositionMode> => {
    try {
      const mode = await ask();
      known = { mode, atMs: Date.now() };
      return mode;
    } catch (fault) {
      failed = { fault, atMs: Date.now() };
      throw fault;
    } finally {
      asking = undefined;
    }
  };
  return {
    positionMode: async () => {
      if (known && Date.now() - known.atMs < FRESH_MS) return known.mode;
      if (failed && Date.now() - failed.atMs < FAILURE_MS) throw failed.fault;
      asking ??= askOnce();
      return asking;
    },
    knownMode: () => known?.mode,
  };
}
