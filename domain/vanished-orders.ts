/**
 * Protective orders that were gone although their position had not taken them back. They count when a
 * successor rests: what an exchange takes back because the leg is flat is no news.
 */
import type { JournalEvent } from './publication.ts';
import { fieldsIn, textIn, type Fields, type Story } from './story.ts';

/** Ends of an order that somebody other than its position brought about, unless it had asked for it. */
const GONE: ReadonlySet<unknown> = new Set(['cancelled', 'expired', 'rejected']);

/** The event of its end, and what happened in words. */
export function vanishedOrders(story: Story): { event: JournalEvent; text: string }[] {
  return story.flatMap((event) => {
    const number = event.type === 'IntentEnded' ? event.data['number'] : undefined;
    if (number === undefined || !GONE.has(event.data['how'])) return [];
    const intent = plannedOf(story, number);
    const role = textIn(intent, 'role');
    if (role !== 'stop' && role !== 'target') return [];
    const asked = story.some(({ type, data }) => type === 'CancelWanted' && data['number'] === number);
    if (asked || !successorRests(story, event, intent)) return [];
    const orderId = textIn(event.data, 'orderId') ?? acceptedIdOf(story, number);
    const named = `the ${role} order${orderId === undefined ? '' : ` ${orderId}`}`;
    return [{ event, text: `${named} was gone, and was placed anew` }];
  });
}

const plannedOf = (story: Story, number: unknown): Fields | undefined =>
  story
    .filter(({ type }) => type === 'IntentPlanned')
    .map(({ data }) => fieldsIn(data, 'intent'))
    .find((intent) => intent?.['number'] === number);

const acceptedIdOf = (story: Story, number: unknown): string | undefined =>
  story
    .filter(({ type, data }) => type === 'IntentAccepted' && data['number'] === number)
    .map(({ data }) => textIn(data, 'orderId'))
    .at(-1);

/** The exchange took another order of the same role and tranche: so there is still something to protect. */
function successorRests(story: Story, ended: JournalEvent, before: Fields | undefined): boolean {
  const later = story.filter(({ sequence }) => sequence > ended.sequence);
  const flat = later.find(({ type }) => type === 'WentFlat');
  const numbers = later.flatMap(({ type, data }) => {
    const intent = type === 'IntentPlanned' ? fieldsIn(data, 'intent') : undefined;
    const same = intent?.['role'] === before?.['role'] && intent?.['trancheId'] === before?.['trancheId'];
    return intent && same ? [intent['number']] : [];
  });
  return later.some(
    ({ type, sequence, data }) =>
      type === 'IntentAccepted' &&
      numbers.includes(data['number']) &&
      (flat === undefined || sequence < flat.sequence),
  );
}
