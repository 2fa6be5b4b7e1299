/** Closes that no own order made, as the journal's events tell them. */
import { isPositive } from './decimal.ts';
import type { JournalEvent } from './publication.ts';
import { changeOf, executed } from './outside-changes.ts';
import { decimalIn, fieldsIn, textIn, type Story } from './story.ts';

export type OutsideClose = {
  event: JournalEvent;
  kind: 'closed_outside' | 'liquidated' | 'adl' | 'flipped';
  text: string;
  /** The executions that came with it. */
  executions: JournalEvent[];
};

const CLOSES: Readonly<Record<string, Exclude<OutsideClose['kind'], 'flipped'>>> = {
  EXCHANGE_CLOSED_RECONCILIATION: 'closed_outside',
  LIQUIDATION: 'liquidated',
  ADL: 'adl',
};

/** Undefined for any other event. */
export function outsideClose(story: Story, event: JournalEvent): OutsideClose | undefined {
  const kind = event.type === 'WentFlat' ? CLOSES[textIn(event.data, 'reason') ?? ''] : undefined;
  if (!kind) return undefined;
  const executions = executionsOf(story, event);
  const how = executed(executions.flatMap((each) => changeOf(each) ?? []));
  const close = (what: string, as: OutsideClose['kind'] = kind): OutsideClose => ({
    event,
    kind: as,
    text: executions.length === 0 ? what : `${what}: ${how}`,
    executions,
  });
  if (kind === 'liquidated') return close('the exchange liquidated it');
  if (kind === 'adl') return close('the exchange deleveraged it');
  const other = otherSideBefore(story, event);
  return other === undefined
    ? close('closed at the exchange, and no own order explains it')
    : close(`closed at the exchange, which now holds ${other}`, 'flipped');
}

/** They are applied in one go with what follows from them. */
const executionsOf = (story: Story, close: JournalEvent): JournalEvent[] =>
  story.filter((event) => {
    const change = changeOf(event);
    return change?.reduces === true && event.atMs === close.atMs && event.sequence < close.sequence;
  });

/** The other side, where that was what the exchange showed last. */
function otherSideBefore(story: Story, { sequence }: JournalEvent): string | undefined {
  const suspected = story.findLast((event) => event.type === 'Suspected' && event.sequence < sequence);
  const seen = fieldsIn(suspected?.data, 'suspicion');
  const side = textIn(seen, 'seenSide');
  const own = sideOf(story);
  const quantity = decimalIn(seen, 'seenQuantity');
  if (side === undefined || own === undefined || side === own || !quantity || !isPositive(quantity)) return;
  return `${side} ${quantity}`;
}

const sideOf = (story: Story): string | undefined =>
  story.map(({ data }) => textIn(fieldsIn(data, 'start'), 'side')).find((side) => side !== undefined);
