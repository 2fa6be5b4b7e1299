/**
 * Makes a position visible: current details, search attributes, and the journal with its projection.
 * Each is touched only when it differs from what is there already.
 */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import { card } from '../domain/position/card.ts';
import { HOW_TO, view } from '../domain/position/describe.ts';
import type { Fill } from '../domain/exchange-truth.ts';
import { priceLevels } from '../domain/position/levels.ts';
import type { PositionState } from '../domain/position/position.ts';
import type { JournalEvent, PositionPublication } from '../domain/publication.ts';

export type Publisher = {
  /** Details and search attributes; costs nothing where nothing changed. */
  show(state: PositionState, nowMs: number): void;
  /** What the journal is told, with the projection as it is now. */
  publication(state: PositionState, events: JournalEvent[], nowMs: number): PositionPublication;
};

/** @param brief only attributes that differ are set; else all of them, whenever one does */
export function createPublisher(workflowId: string, brief: boolean): Publisher {
  let shown = '';
  return {
    show(state, nowMs) {
      setCurrentDetails(`${card(state, workflowId, nowMs)}\n\n${HOW_TO}`);
      const wanted = attributesOf(state);
      if (brief) return setChanged(wanted);
      const key = JSON.stringify(wanted.map(({ value }) => value));
      if (key === shown) return;
      upsertSearchAttributes(wanted);
      shown = key;
    },
    publication(state, events, nowMs) {
      const { account, symbol, leg, epoch } = state;
      const key = { account, symbol, leg, epoch };
      const over = state.stage.name === 'closed';
      return {
        key,
        events,
        fills: events
          .flatMap((event) => fillsOf(event))
          .map((fill) => ({ ...fill, ...key, role: roleOf(state, fill) })),
        view: over ? null : view(state, workflowId, nowMs),
        levels: priceLevels(state).map((level) => ({ ...level, workflowId })),
        generation: state.eventCount,
      };
    },
  };
}

/** Those that the run was started with count: they need not be set again. */
function setChanged(wanted: ReturnType<typeof attributesOf>): void {
  const { typedSearchAttributes } = workflowInfo();
  const changed = wanted.filter(({ key, value }) => {
    const present = typedSearchAttributes.get(key) ?? null;
    return JSON.stringify(present) !== JSON.stringify(value);
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function attributesOf(state: PositionState) {
  const shown = view(state, '', 0);
  const {
    account,
    exchange,
    symbol,
    side,
    stage,
    exchangePositionId,
    entryOrderId,
    entryAt,
    covered,
    drift,
  } = searchAttributes;
  return [
    { key: account, value: shown.account },
    { key: exchange, value: shown.exchange },
    { key: symbol, value: shown.symbol },
    { key: side, value: shown.side },
    { key: stage, value: shown.stage },
    { key: exchangePositionId, value: shown.exchangePositionId },
    { key: entryOrderId, value: shown.entryOrderId },
    { key: entryAt, value: shown.entryAt === null ? null : new Date(shown.entryAt) },
    { key: covered, value: shown.covered },
    { key: drift, value: shown.drift },
  ];
}

// The events are this workflow's own: a `FillsRead` always carries fills.
const fillsOf = (event: JournalEvent): Fill[] =>
  event.type === 'FillsRead' ? (event.data['fills'] as Fill[]) : [];

const roleOf = (state: PositionState, fill: Fill): string =>
  state.intents.find((intent) => intent.orderId === fill.orderId)?.role ?? 'foreign';
