/** Closing every open position at once: each by its own request, watched until nothing of it is open. */
import { setTimeout as delay } from 'node:timers/promises';
import { close, status } from '../contract/messages.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { LegName, Symbol } from '../domain/terms.ts';
import type { ExitReason, PositionView } from '../domain/view.ts';
import { HoldfastError } from './errors.ts';
import { mapBounded } from './map-bounded.ts';
import type { Wire } from './wire.ts';

/** How far one position got. `failed`: `error` says why; it may still close by itself. */
export type ClosingPosition = {
  workflowId: string;
  account: string;
  symbol: Symbol;
  leg: LegName;
  /** Open before, base units. */
  quantity: Decimal;
  state: 'waiting' | 'closing' | 'closed' | 'failed';
  exitReason: ExitReason | null;
  error?: string;
};

export type ClosingProgress = {
  total: number;
  closed: number;
  failed: number;
  /** Neither closed nor failed so far. */
  left: number;
  positions: readonly ClosingPosition[];
};

export type CloseAllOptions = {
  /** Called at the beginning, and whenever something changed. */
  onProgress?: (progress: ClosingProgress) => void;
  /** Ends the waiting; what was sent goes on. */
  signal?: AbortSignal;
};

/** Requests under way at a time; the exchange's own limits are kept where the orders are sent. */
const CONCURRENCY = 32;
const WAIT_MS = 120_000;
const ASK_EVERY_MS = 250;

export async function closeEach(
  wire: Wire,
  open: readonly PositionView[],
  { onProgress, signal }: CloseAllOptions,
  askEveryMs = ASK_EVERY_MS,
): Promise<ClosingProgress> {
  const positions = new Map(open.map((view) => [view.workflowId, waiting(view)]));
  const tell = (): void => onProgress?.(progressOf([...positions.values()]));
  const untilMs = Date.now() + WAIT_MS;
  tell();
  await mapBounded(open, CONCURRENCY, async (view) => {
    const change = (next: Partial<ClosingPosition>): void => {
      const known = positions.get(view.workflowId);
      if (!known || Object.entries(next).every(([key, value]) => Reflect.get(known, key) === value)) return;
      positions.set(view.workflowId, { ...known, ...next });
      tell();
    };
    if (signal?.aborted) return;
    try {
      change({ state: 'closing' });
      let now = await wire.update<PositionView>(view.workflowId, close, [{}]);
      while (!isOver(now, view)) {
        if (signal?.aborted) return;
        if (Date.now() >= untilMs)
          return change({ state: 'failed', error: `not closed yet: ${now.nextAction}` });
        await delay(askEveryMs);
        now = await wire.query<PositionView>(view.workflowId, status);
      }
      change({ state: 'closed', exitReason: now.epoch === view.epoch ? now.exitReason : null });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // Whatever closed it meanwhile: it is.
      change(
        error.code === 'no_such_position' ? { state: 'closed' } : { state: 'failed', error: error.message },
      );
    }
  });
  return progressOf([...positions.values()]);
}

const waiting = ({ workflowId, account, symbol, leg, quantity }: PositionView): ClosingPosition => ({
  workflowId,
  account,
  symbol,
  leg,
  quantity,
  state: 'waiting',
  exitReason: null,
});

/** Nothing is open any more: what is left to do is proving and writing it. Another epoch is another position. */
const isOver = ({ stage, epoch, quantity }: PositionView, before: PositionView): boolean =>
  epoch !== before.epoch || stage === 'closed' || (stage === 'settling' && quantity === '0');

function progressOf(positions: readonly ClosingPosition[]): ClosingProgress {
  const count = (state: ClosingPosition['state']): number =>
    positions.filter((position) => position.state === state).length;
  const [closed, failed] = [count('closed'), count('failed')];
  return { total: positions.length, closed, failed, left: positions.length - closed - failed, positions };
}
