/**
 * Signals on their way, a few at once, each tried until it is delivered. Under one key only the latest
 * counts: what it replaces was not delivered and need not be, because every signal tells the whole state.
 */
import { backoffMs } from './pause.ts';

/**
 * Between two items that can wait, and once after the first few of them: a worker that has just started has
 * to act on crossings first, and every item is a history to replay, which takes its one workflow thread 25 to
 * 60 ms. A thousand are told within two minutes.
 */
const CALM_EVERY_MS = 100;
const CALM_FIRST = 5;
const CALM_PAUSE_MS = 5_000;
/** Under way at once, unless said otherwise: enough for a burst, few enough for the server. */
const MAX_AT_ONCE = 20;
/** Keys waiting; more positions than this are no use case. */
const MAX_WAITING = 20_000;
const RETRY_MS = 1_000;
/** A server that is back shall not be waited for much longer: twenty calls cost little. */
const MAX_RETRY_MS = 10_000;
/** A call that has not ended by then is counted as failed, so that it cannot hold a place for ever. */
const DEADLINE_MS = 10_000;

export type OutboxItem<T> = {
  key: string;
  /** The same item told again, fresher, does not make a second signal. */
  identity: string;
  value: T;
  /** It can wait: such items leave one after the other, behind all others. */
  calm?: boolean;
};

export type Outbox<T> = {
  /** False where the outbox is full; nothing is kept then. */
  put(item: OutboxItem<T>): boolean;
  /** Takes back what has not left yet. */
  withdraw(key: string): void;
  waiting(): number;
};

type Entry<T> = {
  item: OutboxItem<T>;
  /** What came while `item` was under way. */
  next: OutboxItem<T> | undefined;
  state: 'ready' | 'sending' | 'resting';
  failures: number;
};

export type OutboxOptions<T, R> = {
  send: (value: T) => Promise<R>;
  onSent: (item: OutboxItem<T>, result: R) => void;
  /** Told after every failure; answers whether to try again. */
  onFailed: (item: OutboxItem<T>, error: unknown) => 'retry' | 'drop';
  /** When it is aborted, nothing more is sent. */
  over: AbortSignal;
  /** Under way at once. */
  atOnce?: number;
};

export function createOutbox<T, R>(options: OutboxOptions<T, R>): Outbox<T> {
  const { send, onSent, onFailed, over, atOnce = MAX_AT_ONCE } = options;
  const entries = new Map<string, Entry<T>>();
  /** Keys in the order in which they shall leave. */
  const ready = new Set<string>();
  const calm = new Set<string>();
  let sending = 0;
  let calmTimer: ReturnType<typeof setTimeout> | undefined;
  let calmLeft = 0;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  over.addEventListener('abort', () => timers.forEach((timer) => clearTimeout(timer)), { once: true });

  const later = (ms: number, work: () => void): ReturnType<typeof setTimeout> => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
    return timer;
  };
  const makeReady = (entry: Entry<T>): void => {
    entry.state = 'ready';
    const [queue, other] = entry.item.calm === true ? [calm, ready] : [ready, calm];
    other.delete(entry.item.key);
    queue.add(entry.item.key);
  };
  const pump = (): void => {
    for (const key of ready) if (!leaves(ready, key)) return;
    const [first] = calm;
    if (first === undefined || calmTimer !== undefined || !leaves(calm, first)) return;
    calmLeft += 1;
    calmTimer = later(calmLeft === CALM_FIRST ? CALM_PAUSE_MS : CALM_EVERY_MS, () => {
      calmTimer = undefined;
      pump();
    });
  };
  /** Whether there was room for it. */
  const leaves = (queue: Set<string>, key: string): boolean => {
    if (sending >= atOnce || over.aborted) return false;
    queue.delete(key);
    const entry = entries.get(key);
    if (entry) void deliver(entry);
    return true;
  };
  const deliver = async (entry: Entry<T>): Promise<void> => {
    sending += 1;
    entry.state = 'sending';
    const { item } = entry;
    try {
      const result = await withDeadline(send(item.value));
      entries.delete(item.key);
      onSent(item, result);
    } catch (error) {
      rest(entry, onFailed(item, error));
    } finally {
      sending -= 1;
      follow(entry, item);
      pump();
    }
  };
  const rest = (entry: Entry<T>, verdict: 'retry' | 'drop'): void => {
    if (verdict === 'drop') return void entries.delete(entry.item.key);
    entry.failures += 1;
    entry.state = 'resting';
    later(Math.min(backoffMs(RETRY_MS, entry.failures), MAX_RETRY_MS), () => {
      if (entry.state !== 'resting' || entries.get(entry.item.key) !== entry) return;
      makeReady(entry);
      pump();
    });
  };
  /** What was put in meanwhile: news goes out as soon as there is room, the same again only as the fresher copy. */
  const follow = (entry: Entry<T>, sent: OutboxItem<T>): void => {
    const { next } = entry;
    entry.next = undefined;
    if (!next) return;
    if (entries.get(sent.key) === entry) entry.item = next;
    else if (next.identity !== sent.identity) add(next);
  };
  const add = (item: OutboxItem<T>): void => {
    const entry: Entry<T> = { item, next: undefined, state: 'ready', failures: 0 };
    entries.set(item.key, entry);
    makeReady(entry);
  };

  return {
    put: (item) => {
      const known = entries.get(item.key);
      if (!known && entries.size >= MAX_WAITING) return false;
      if (!known) add(item);
      else if (known.state === 'sending') known.next = item;
      else {
        known.item = item;
        if (known.state === 'ready') makeReady(known);
      }
      pump();
      return true;
    },
    withdraw: (key) => {
      const known = entries.get(key);
      if (known?.state === 'sending') {
        known.next = undefined;
        return;
      }
      for (const queue of [entries, ready, calm]) queue.delete(key);
    },
    waiting: () => entries.size,
  };
}

async function withDeadline<R>(call: Promise<R>): Promise<R> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
