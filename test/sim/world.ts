/**
 * The simulated world: virtual time, one queue of what is due, and the venue's books in memory. Two
 * clocks as in earnest: the workflow's (`nowMs`), and the gateway's, which the books keep, hours behind.
 */
import { gateway, T0 } from '../support/builders.ts';
import { createBooks, type Books } from '../../venue/book/books.ts';
import { addMarket, createAccount } from '../../venue/book/setup.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import { workDueRests } from '../../venue/book/trigger.ts';
import type { VenueSettings } from '../../venue/control/types.ts';
import type { Store } from '../../venue/store.ts';

export type MarketPlan = { symbol: string; price: string; tickSize: string; lotSize: string };

/** Prices, ticks and lots that have little in common. */
export const MARKETS: readonly MarketPlan[] = [
  { symbol: 'BTC-USDT', price: '109000', tickSize: '0.1', lotSize: '0.0001' },
  { symbol: 'SOL-USDT', price: '150', tickSize: '0.001', lotSize: '0.01' },
];

const BALANCE = '100000000';
/** More in one run is a loop without end. */
const MAX_EVENTS = 200_000;

/** Nothing is kept: a transaction that throws is a defect of the simulation. */
const MEMORY: Store = { load: () => [], commit: () => undefined, close: () => undefined };

type Due = { atMs: number; run: () => void };

export class World {
  nowMs = T0;
  readonly books: Books;
  /** Called after everything that happens. */
  afterEach: () => void = () => undefined;
  log: (text: string) => void = () => undefined;
  private queue: Due[] = [];
  private events = 0;

  constructor(settings: Partial<VenueSettings>) {
    this.books = createBooks(MEMORY, () => gateway(this.nowMs));
    this.books.transact(() => {
      this.books.put.meta({ settings: { ...this.books.settings(), ...settings } });
      for (const market of MARKETS) mustBe(addMarket(this.books, market));
    });
  }

  addAccount(name: string, hedgeMode: boolean): void {
    mustBe(createAccount(this.books, { name, apiKey: name, secret: name, balance: BALANCE, hedgeMode }));
  }

  /** Has `run` called after so long; what is due at one moment happens in the order it was asked for. */
  in(ms: number, run: () => void): void {
    const atMs = this.nowMs + ms;
    const place = this.queue.findLastIndex((due) => due.atMs <= atMs);
    this.queue.splice(place + 1, 0, { atMs, run });
  }

  /** Time passes. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = this.queue[0];
      if (!next || next.atMs > untilMs) break;
      this.queue.shift();
      this.moveTo(next.atMs);
      next.run();
      this.happened();
    }
    this.moveTo(untilMs);
    this.happened();
  }

  /** Something happened besides what was due. */
  happened(): void {
    this.events += 1;
    if (this.events > MAX_EVENTS) throw new Error('busy without end');
    this.afterEach();
  }

  private moveTo(atMs: number): void {
    this.nowMs = atMs;
    const { books } = this;
    const held = [...books.open.values()].some((order) => (order.restHeldUntilMs ?? Infinity) <= books.now());
    if (held) books.transact(() => workDueRests(books));
  }
}

function mustBe(result: object): void {
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
}
