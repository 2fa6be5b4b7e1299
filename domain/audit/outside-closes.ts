/** Closes that no own order made, as the journal's events tell them. */
import type { JournalEvent } from '../publication.ts';
import { changeOf, executed } from './outside-changes.ts';
import { textIn, type Story } from './story.ts';

export type OutsideClose = {
  event: JournalEvent;
  kind: 'closed_outside' | 'liquidated' | 'adl';
  text: string;
  /** The executions that came with it. */
  executions: JournalEvent[];
};

const CLOSES: Readonly<Record<string, OutsideClose['kind']>> = {
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
  const what = TEXTS[kind];
  return { event, kind, text: executions.length === 0 ? what : `${what}: ${how}`, executions };
}

const TEXTS: Readonly<Record<OutsideClose['kind'], string>> = {
  closed_outside: 'closed at the exchange, and no own order explains it',
  liquidated: 'the exchange liquidated it',
  adl: 'the exchange deleveraged it',
};

/** They are applied in one go with what follows from them. */
const executionsOf = (story: Story, close: JournalEvent): JournalEvent[] =>
  story.filter((event) => {
    const change = changeOf(event);
    return change?.reduces === true && event.atMs === close.atMs && event.sequence < close.sequence;
  });
