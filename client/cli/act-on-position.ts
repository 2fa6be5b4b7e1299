/** A request about one position: which one, whether it may be, and the position as it then stands. */
import type { PositionView } from '../../domain/view.ts';
import type { PositionRef } from '../position-ref.ts';
import { chosenPosition, modeOf, type PositionOptions } from './chosen-position.ts';
import { confirmLive } from './confirm.ts';
import type { Context, Session } from './context.ts';
import { positionCard } from './render/position-card.ts';

export type ActOptions = PositionOptions & { yes?: boolean; json?: boolean };

type Act = {
  /** What is asked before it is done with real money, of the position's workflow id; null: nothing. */
  question: ((workflowId: string) => string) | null;
  send: (ref: PositionRef & { workflowId: string }) => Promise<PositionView>;
};

/** @param text the symbol or workflow id that was typed */
export async function actOnPosition(
  context: Context,
  { holdfast, config }: Session,
  text: string,
  options: ActOptions,
  { question, send }: Act,
): Promise<void> {
  const ref = chosenPosition(text, options, config);
  const { workflowId } = 'workflowId' in ref ? ref : (await holdfast.show(ref)).position;
  const mode = modeOf(workflowId, config);
  if (question && !(await confirmLive(context, mode, question(workflowId), options.yes))) return;
  const position = await send({ workflowId });
  context.out(
    options.json
      ? JSON.stringify(position, null, 2)
      : positionCard({ position, answeredBy: 'workflow' }, context.colors, context.now()),
  );
}
