/**
 * Tells the watcher of the same process that the levels of an account have changed, so that it reads
 * them at once instead of at its next look. It carries no levels: the journal alone knows which
 * publication is the newest.
 */
export type LevelChanges = {
  /** To be called after a publication was written. */
  announce(account: string): void;
  /** Calls `listener` for every announcement of the account until the answer is called. */
  listen(account: string, listener: () => void): () => void;
};

export function createLevelChanges(): LevelChanges {
  const listeners = new Set<{ account: string; listener: () => void }>();
  return {
    announce: (account) => {
      for (const each of listeners) if (each.account === account) each.listener();
    },
    listen: (account, listener) => {
      const entry = { account, listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}
