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
    change({ state: 'closing' });
    change(await closeOne(wire, view, { signal, untilMs, askEveryMs }));
  });
  return progressOf([...positions.values()]);
}

type Patience = { signal: AbortSignal | undefined; untilMs: number; askEveryMs: number };

async function closeOne(
  wire: Wire,
  before: PositionView,
  { signal, untilMs, askEveryMs }: Patience,
): Promise<Partial<ClosingPosition>> {
  const { workflowId } = before;
  const look = () => wire.query<PositionView>(workflowId, status);
  try {
    let now = await wire.update<PositionView>(workflowId, close, [{}]);
    while (!isOver(now, before) && !signal?.aborted) {
      if (Date.now() >= untilMs) return { state: 'failed', error: `not closed yet: ${now.nextAction}` };
      await delay(askEveryMs);
      now = await look();
    }
    return isOver(now, before) ? over(now, before) : {};
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (error.code === 'no_such_position') return { state: 'closed' };
    // Its stop or target may have closed it while it was asked.
    const now = error.code === 'refused' ? await look().catch(() => null) : null;
    return now && isOver(now, before) ? over(now, before) : { state: 'failed', error: error.message };
  }
}

const over = ({ epoch, exitReason }: PositionView, before: PositionView): Partial<ClosingPosition> => ({
  state: 'closed',
  exitReason: epoch === before.epoch ? exitReason : null,
});

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
