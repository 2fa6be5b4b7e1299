/** The log of what clients asked: enough to prove that nothing was sent twice. */
import type { RequestQuery, RequestRecord } from './control/types.ts';
import { matches } from './faults.ts';

const KEPT = 20_000;
const DEFAULT_LIMIT = 1_000;

export type RequestLog = {
  readonly add: (record: Omit<RequestRecord, 'seq'>) => void;
  readonly list: (query: RequestQuery) => RequestRecord[];
  /** The first match after `sinceSeq` (default: from now on); `undefined` after `timeoutMs`. */
  readonly wait: (query: RequestQuery, timeoutMs: number) => Promise<RequestRecord | undefined>;
  readonly lastSeq: () => number;
};

export function createRequestLog(): RequestLog {
  const records: RequestRecord[] = [];
  const waiting = new Set<(record: RequestRecord) => void>();
  let seq = 0;

  const select = (query: RequestQuery): RequestRecord[] =>
    records.filter((record) => record.seq > (query.sinceSeq ?? 0) && matches(query, record, record));

  return {
    lastSeq: () => seq,
    add(record) {
      seq += 1;
      const numbered = { ...record, seq };
      records.push(numbered);
      if (records.length > KEPT) records.shift();
      for (const notify of waiting) notify(numbered);
    },
    list: (query) => select(query).slice(-(query.limit ?? DEFAULT_LIMIT)),
    wait(query, timeoutMs) {
      const sinceSeq = query.sinceSeq ?? seq;
      const found = select({ ...query, sinceSeq })[0];
      if (found) return Promise.resolve(found);
      return new Promise((resolve) => {
        const done = (record: RequestRecord | undefined) => {
          waiting.delete(notify);
          clearTimeout(timer);
          resolve(record);
        };
        const notify = (record: RequestRecord) => matches(query, record, record) && done(record);
        const timer = setTimeout(() => done(undefined), timeoutMs);
        waiting.add(notify);
      });
    },
  };
}
