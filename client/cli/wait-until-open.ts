/** Waiting until an entry has become an open, protected position. */
import type { PositionView } from '../../domain/view.ts';
import { HoldfastError, type HoldfastErrorCode } from '../errors.ts';
import type { Holdfast, Shown } from '../api.ts';
import type { Context } from './context.ts';

const WAIT_MS = 60_000;
const ASK_EVERY_MS = 250;
/** Exchanges that number positions show the number about a second after the fill. */
const POSITION_ID_WITHIN_MS = 4_000;
/** What passes by itself: a worker or server that restarts. */
const PASSING: readonly HoldfastErrorCode[] = ['no_worker', 'no_answer', 'server_unreachable'];

/** `settled: false`: it is not there yet, and goes on by itself. */
export async function waitUntilOpen(
  { now, pause }: Pick<Context, 'now' | 'pause'>,
  { show }: Pick<Holdfast, 'show'>,
  workflowId: string,
): Promise<{ shown: Shown; settled: boolean }> {
  const untilMs = now() + WAIT_MS;
  let openSinceMs: number | undefined;
  for (;;) {
    const shown = await show({ workflowId }).catch(unlessPassing);
    if (shown !== undefined && isOpen(shown.position)) openSinceMs ??= now();
    const idIsLate = openSinceMs !== undefined && now() - openSinceMs >= POSITION_ID_WITHIN_MS;
    const settled = shown !== undefined && isSettled(shown.position, idIsLate);
    const isOver = settled || now() >= untilMs || !(await pause(ASK_EVERY_MS));
    if (isOver && shown !== undefined) return { shown, settled };
    if (isOver)
      throw new HoldfastError(
        'no_answer',
        `${workflowId} does not answer. It goes on by itself: look with holdfast show.`,
      );
  }
}

function unlessPassing(error: unknown): undefined {
  if (error instanceof HoldfastError && PASSING.includes(error.code)) return undefined;
  throw error;
}

const isOpen = ({ stage, covered, tranches }: PositionView): boolean =>
  stage === 'open' && (covered || tranches.every(({ stopLoss }) => stopLoss.state === 'none'));

const isSettled = (position: PositionView, idIsLate: boolean): boolean =>
  position.stage === 'closed' || (isOpen(position) && (position.exchangePositionId !== null || idIsLate));
