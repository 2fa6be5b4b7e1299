/** What the journal tells of a life, line by line, for the message of a test that failed. */
import type { JournalReader } from '../../journal/journal.ts';
import type { TradeKey } from '../../domain/position/trade.ts';

const MAX_TEXT = 220;

export async function story(journal: JournalReader, key: TradeKey): Promise<string> {
  const events = await journal.events(key);
  return events
    .map(
      ({ atMs, type, data }) =>
        `${new Date(atMs).toISOString().slice(11, 23)} ${type} ${JSON.stringify(data).slice(0, MAX_TEXT)}`,
    )
    .join('\n');
}
