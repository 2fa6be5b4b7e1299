/**
 * Which events of a position were reconciliations: the exchange said something that no own order
 * explains, and the position was brought in line. Read from the journal's events of one epoch, so that
 * it can be told again at any time, from any version's journal: what is not understood is passed over.
 *
 * - One change outside is one reconciliation, however many executions it took.
 * - A close counts as a close, not as reductions besides.
 * - An order that vanished counts when its successor rests: one that an exchange takes back because the
 *   leg is flat is no news.
 */
import type { JournalEvent } from '../publication.ts';
import { changed, changeOf } from './outside-changes.ts';
import { outsideClose } from './outside-closes.ts';
import { decimalIn, fieldsIn, textIn, type Fields, type Story } from './story.ts';
import type { TradeKey } from '../position/trade.ts';
import { vanishedOrders } from './vanished-orders.ts';

export const RECONCILIATION_KINDS = [
  'closed_outside', // no own order explains the close
  'liquidated',
  'adl',
  'reduced_outside',
  'added_outside',
  'adopted',
  'flipped', // adopted, and it began where the leg's other side was closed
  'order_vanished', // an own order was gone that nobody here had taken back
  'order_altered',
  'position_inferred', // a steady list was believed: no execution explains it
  'second_writer',
] as const;

export type ReconciliationKind = (typeof RECONCILIATION_KINDS)[number];

/** One of them; `sequence` is that of the event that it was read from, and makes its key. */
export type Reconciliation = TradeKey & {
  sequence: number;
  kind: ReconciliationKind;
  atMs: number;
  /** What happened, as a sentence without a full stop. */
  text: string;
};

/** More than so many within the window are frequent. */
export type FrequencyRule = { count: number; windowMs: number };

/** A person who trades by hand beside Holdfast does not come to it; a program does. */
export const DEFAULT_FREQUENCY: FrequencyRule = { count: 10, windowMs: 3_600_000 };

/** Types of events after which a story may hold a reconciliation more. */
const TELLING: ReadonlySet<string> = new Set([
  'WentFlat',
  'ExternallyChanged',
  'IntentAccepted',
  'PositionAdopted',
  'IntentAltered',
  'SecondWriterSeen',
]);

/** Whether these events can make a difference at all; most publications can't. */
export const mayReconcile = (events: Story): boolean => events.some(({ type }) => TELLING.has(type));

/** How the leg's epoch before ended, where it is on record. */
export type LegBefore = { side: string; exitAtMs: number };

/** @param story the events of one epoch, in their order; the same story always tells the same */
export function reconciliationsOf(story: Story, before?: LegBefore): Reconciliation[] {
  const closes = story.flatMap((event) => outsideClose(story, event) ?? []);
  const ofCloses = new Set(closes.flatMap(({ executions }) => executions));
  const found = [
    ...closes.map(({ event, kind, text }) => reconciliation(event, kind, text)),
    ...changesOf(story.filter((event) => changeOf(event) && !ofCloses.has(event))),
    ...vanishedOrders(story).map(({ event, text }) => reconciliation(event, 'order_vanished', text)),
    ...story.flatMap((event) => (event.type === 'PositionAdopted' ? adopted(story, event, before) : [])),
    ...story.flatMap(told),
  ];
  return found.toSorted((a, b) => a.sequence - b.sequence);
}

const reconciliation = (
  { account, symbol, leg, epoch, sequence, atMs }: JournalEvent,
  kind: ReconciliationKind,
  text: string,
): Reconciliation => ({ account, symbol, leg, epoch, sequence, kind, atMs, text });

/** One for all executions of an order that were heard of together. */
function changesOf(events: Story): Reconciliation[] {
  const groups = Object.values(
    Object.groupBy(events, (event) => {
      const { kind, reduces, orderId } = changeOf(event) ?? {};
      return JSON.stringify([event.atMs, kind, reduces, orderId]);
    }),
  );
  return groups.flatMap((group = []) => {
    const [first] = group;
    const executions = group.flatMap((event) => changeOf(event) ?? []);
    const [change] = executions;
    return first && change ? [reconciliation(first, change.kind, changed(change, executions))] : [];
  });
}

/** What the position says of itself. */
function told(event: JournalEvent): Reconciliation[] {
  const { type, data } = event;
  if (type === 'SecondWriterSeen') return [reconciliation(event, 'second_writer', strangers(data))];
  const terms = type === 'IntentAltered' ? alteredTerms(data) : [];
  // Without any it rests again as it was sent.
  return terms.length === 0
    ? []
    : [reconciliation(event, 'order_altered', `own order ${number(data)} was altered: ${terms.join(', ')}`)];
}

/** Times of one exchange, which some tell in seconds. */
const SAME_MOMENT_MS = 2_000;

function adopted(story: Story, event: JournalEvent, before: LegBefore | undefined): Reconciliation[] {
  const adoption = fieldsIn(event.data, 'adoption');
  const openedAtMs = adoption?.['openedAtMs'];
  const isFlip =
    before !== undefined &&
    before.side !== sideOf(story) &&
    typeof openedAtMs === 'number' &&
    Math.abs(openedAtMs - before.exitAtMs) <= SAME_MOMENT_MS;
  const text = adoptionText(adoption);
  return [
    isFlip
      ? reconciliation(event, 'flipped', `turned around at the exchange, and ${text}`)
      : reconciliation(event, 'adopted', text),
  ];
}

const sideOf = (story: Story): string | undefined =>
  story.map(({ data }) => textIn(fieldsIn(data, 'start'), 'side')).find((side) => side !== undefined);

function adoptionText(adoption: Fields | undefined): string {
  const quantity = decimalIn(adoption, 'quantity');
  const entry = decimalIn(adoption, 'entryPrice');
  const policy = textIn(adoption, 'policy');
  const what = [quantity, ...(entry === undefined ? [] : [`entered at ${entry}`])].join(' ').trim();
  return `taken up as it was found${what && `: ${what}`}${policy === undefined ? '' : ` (${policy})`}`;
}

function strangers({ orderIds }: Fields): string {
  const ids = Array.isArray(orderIds) ? `: ${orderIds.join(', ')}` : '';
  return `orders in Holdfast's own style that nobody here placed${ids}`;
}

const TERMS = { quantity: 'quantity', price: 'price', triggerPrice: 'trigger price' } as const;

const alteredTerms = (data: Fields): string[] =>
  Object.entries(TERMS).flatMap(([name, title]) => {
    const value = decimalIn(data, name);
    return value === undefined ? [] : [`${title} ${value}`];
  });

const number = (data: Fields): string => String(data['number']);
