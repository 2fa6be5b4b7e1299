/** What rows looked like a while ago: for endpoints that lag, and for faults that roll answers back. */

/** Older versions than this are forgotten, but the newest of them. */
const KEEP_MS = 120_000;
/** So many records apart, keys that ceased to exist are forgotten. */
const SWEEP_EVERY = 1_000;

type Version<T> = { readonly atMs: number; readonly row: T | null };

export type Versions<T> = {
  /** `row: null`: it ceased to exist. */
  readonly record: (key: string, row: T | null, atMs: number) => void;
  /** All rows as they stood at `atMs`. */
  readonly at: (atMs: number) => T[];
};

export function createVersions<T>(): Versions<T> {
  const byKey = new Map<string, Version<T>[]>();
  let records = 0;
  return {
    record(key, row, atMs) {
      records += 1;
      if (records % SWEEP_EVERY === 0)
        for (const [old, versions] of byKey) forgetGone(byKey, old, versions, atMs);
      const versions = byKey.get(key) ?? [];
      versions.push({ atMs, row });
      while (versions.length > 1 && versions[1] && versions[1].atMs < atMs - KEEP_MS) versions.shift();
      byKey.set(key, versions);
    },
    at(atMs) {
      const rows: T[] = [];
      for (const versions of byKey.values()) {
        const version = versions.findLast((candidate) => candidate.atMs <= atMs);
        if (version?.row) rows.push(version.row);
      }
      return rows;
    },
  };
}

function forgetGone<T>(
  byKey: Map<string, Version<T>[]>,
  key: string,
  versions: Version<T>[],
  atMs: number,
): void {
  const newest = versions.at(-1);
  if (newest && newest.row === null && newest.atMs < atMs - KEEP_MS) byKey.delete(key);
}
