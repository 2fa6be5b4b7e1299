/** Listen keys: 60 minutes from creation or the last extension. */
import { randomBytes } from 'node:crypto';

const LIFE_MS = 3_600_000;

type Key = { readonly account: string; readonly expiresAtMs: number };

export type ListenKeys = {
  /** An account gets its living key again, extended. */
  readonly create: (account: string, nowMs: number) => string;
  /** The account's living key. */
  readonly currentOf: (account: string, nowMs: number) => string | undefined;
  readonly extend: (key: string, account: string, nowMs: number) => boolean;
  readonly remove: (key: string, account: string) => boolean;
  /** The account of a living key. */
  readonly accountOf: (key: string, nowMs: number) => string | undefined;
  /** Ends and returns the keys that are due, or all of an account. */
  readonly expire: (nowMs: number, account?: string) => string[];
};

/** Keys end with the process, as clients have to expect: a lost key is answered like an expired one. */
export function createListenKeys(): ListenKeys {
  const keys = new Map<string, Key>();
  const living = (key: string, nowMs: number): Key | undefined => {
    const found = keys.get(key);
    return found && found.expiresAtMs > nowMs ? found : undefined;
  };
  return {
    create(account, nowMs) {
      for (const [key, found] of keys) {
        if (found.account !== account || found.expiresAtMs <= nowMs) continue;
        keys.set(key, { account, expiresAtMs: nowMs + LIFE_MS });
        return key;
      }
      const key = randomBytes(32).toString('hex');
      keys.set(key, { account, expiresAtMs: nowMs + LIFE_MS });
      return key;
    },
    currentOf: (account, nowMs) => [...keys.keys()].find((key) => living(key, nowMs)?.account === account),
    extend(key, account, nowMs) {
      if (living(key, nowMs)?.account !== account) return false;
      keys.set(key, { account, expiresAtMs: nowMs + LIFE_MS });
      return true;
    },
    remove: (key, account) => keys.get(key)?.account === account && keys.delete(key),
    accountOf: (key, nowMs) => living(key, nowMs)?.account,
    expire(nowMs, account) {
      const due = [...keys].filter(([, key]) =>
        account === undefined ? key.expiresAtMs <= nowMs : key.account === account,
      );
      for (const [key] of due) keys.delete(key);
      return due.map(([key]) => key);
    },
  };
}
