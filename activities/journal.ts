/** Activities that write the journal. Records carry keys, so a repeat changes nothing. */
import type { TradeKey } from '../domain/position/trade.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalActivities } from './api.ts';
import type { LevelChanges } from './observe/level-changes.ts';
import { unpacked } from './unpacking.ts';

export type JournalDeps = {
  journal: Journal;
  levelChanges: LevelChanges;
  /** Tells the account that a leg is free, if its workflow runs. */
  legEnded(key: TradeKey): Promise<unknown>;
};

export const createJournalActivities = ({
  journal,
  levelChanges,
  legEnded,
}: JournalDeps): JournalActivities => ({
  async publish(publication) {
    await journal.publish(publication);
    // A watcher in this process arms the new levels at once instead of at its next look.
    levelChanges.announce(publication.key.account);
  },
  async publishPacked(packed) {
    const { publication, trade, left } = unpacked(packed);
    // The row first: a position is off the list of open ones only with its row written.
    if (trade) await journal.writeTrade(trade);
    await journal.publish(publication);
    levelChanges.announce(publication.key.account);
    // Last, when nothing is left to do but to end; told again after a lost answer, it changes nothing.
    if (trade && !left) await legEnded(publication.key);
  },
  async writeTrade(row) {
    await journal.writeTrade(row);
  },
  async knownEpochs({ epochs, ...leg }) {
    const events = await Promise.all(epochs.map((epoch) => journal.events({ ...leg, epoch })));
    return epochs.filter((_, index) => (events[index]?.length ?? 0) > 0);
  },
});
