/**
 * What is known of each symbol that a price stream watches: when it was heard, its last prices, and since
 * when the socket has been away from it, so that whoever gets the next tick knows what it did not see.
 */
import type { Decimal } from '../../domain/decimal.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { PriceTick, StreamState } from '../exchange.ts';
import type { PricePush } from './price-protocol.ts';

/** One price of a symbol on this connection. */
type Heard = { atMs: number; price?: Decimal; awaySinceMs?: number };
type Watched = {
  marketId: string;
  /** Since when its socket could have told of it. */
  connectedAtMs: number;
  last: Heard;
  mark: Heard;
  realTimeAtMs: number;
  repeatedAtMs: number;
};

/** One price missing while the other comes is mostly a market without trades: looked into later. */
const HALF_SILENT = 2;
/** A price that has not changed is told again this often, so that its age stays true. */
const REPEAT_MS = 1_000;

export function createPriceWatch(silenceMs: number) {
  const watched = new Map<Symbol, Watched>();
  let latestAtMs = 0;
  return {
    /** The socket of these markets has heard nothing yet. */
    connected: (marketIds: ReadonlySet<string>, nowMs: number): void => {
      latestAtMs = nowMs;
      for (const known of watched.values()) {
        if (!marketIds.has(known.marketId)) continue;
        known.connectedAtMs = nowMs;
        known.last = lostSight(known.last);
        known.mark = lostSight(known.mark);
        known.realTimeAtMs = 0;
      }
    },
    want: (symbols: readonly Symbol[], idOf: (symbol: Symbol) => string): void => {
      const wanted = new Set(symbols);
      for (const symbol of watched.keys()) if (!wanted.has(symbol)) watched.delete(symbol);
      for (const symbol of wanted) {
        const known = watched.get(symbol);
        if (known) known.marketId = idOf(symbol);
        else watched.set(symbol, unheard(idOf(symbol), latestAtMs));
      }
    },
    marketIds: (): string[] => [...watched.values()].map(({ marketId }) => marketId),
    /** The tick that a push amounts to; `undefined` where it tells nothing that is wanted. */
    heard: (symbol: Symbol, push: PricePush, nowMs: number): PriceTick | undefined => {
      const known = watched.get(symbol);
      return known && tickOf(known, symbol, push, { nowMs, silenceMs });
    },
    /** Symbols that are silent, and those whose market has no live socket. */
    quiet: (isLive: (marketId: string) => boolean, nowMs: number): Symbol[] =>
      [...watched]
        .filter(([, known]) => !isLive(known.marketId) || isSilent(known, nowMs, silenceMs))
        .map(([symbol]) => symbol),
    /** REST tells another price than the socket did, and the socket has had time enough. */
    isDeafTo: ({ symbol, last }: PriceTick, nowMs: number): boolean => {
      const known = watched.get(symbol);
      if (known?.last.price === undefined || last === undefined || known.last.price === last) return false;
      return nowMs - Math.max(known.last.atMs, known.connectedAtMs) > 2 * silenceMs;
    },
    /** Connected, but without a contract price for a symbol past the deadline: silent. */
    stateOf: (socket: StreamState, nowMs: number): StreamState => {
      const silent = [...watched.values()].some(
        ({ last, connectedAtMs }) => nowMs - Math.max(last.atMs, connectedAtMs) > silenceMs,
      );
      return socket === 'live' && silent ? 'silent' : socket;
    },
  };
}

const unheard = (marketId: string, connectedAtMs: number): Watched => ({
  marketId,
  connectedAtMs,
  last: { atMs: 0 },
  mark: { atMs: 0 },
  realTimeAtMs: 0,
  repeatedAtMs: 0,
});

/** A new connection has told nothing yet; what the old one told last is where the gap begins. */
function lostSight({ atMs, awaySinceMs }: Heard): Heard {
  const sinceMs = awaySinceMs ?? (atMs > 0 ? atMs : undefined);
  return { atMs: 0, ...(sinceMs !== undefined && { awaySinceMs: sinceMs }) };
}

function isSilent({ last, mark }: Watched, nowMs: number, silenceMs: number): boolean {
  const [early, late] = [Math.min(last.atMs, mark.atMs), Math.max(last.atMs, mark.atMs)];
  return nowMs - late > silenceMs || nowMs - early > HALF_SILENT * silenceMs;
}

type Moment = { nowMs: number; silenceMs: number };

function tickOf(
  known: Watched,
  symbol: Symbol,
  { last, mark, lagging = false, unchanged = false }: PricePush,
  { nowMs, silenceMs }: Moment,
): PriceTick | undefined {
  const wasSilent = nowMs - Math.max(known.last.atMs, known.mark.atMs) > silenceMs;
  const outdated = lagging && nowMs - known.realTimeAtMs < silenceMs;
  const told = outdated ? undefined : last;
  const repeats = unchanged && nowMs - known.repeatedAtMs >= REPEAT_MS;
  if (repeats || told !== undefined) known.repeatedAtMs = nowMs;
  if (last !== undefined && !lagging) known.realTimeAtMs = nowMs;
  const tick: PriceTick = {
    symbol,
    atMs: nowMs,
    ...tellOf('last', known.last, told ?? (repeats ? known.last.price : undefined), wasSilent),
    ...tellOf('mark', known.mark, mark ?? (repeats ? known.mark.price : undefined), wasSilent),
  };
  if (last !== undefined || unchanged) known.last = heardNow(known.last, told, nowMs);
  if (mark !== undefined || unchanged) known.mark = heardNow(known.mark, mark, nowMs);
  return tick.last === undefined && tick.mark === undefined ? undefined : tick;
}

/** What a tick says of one price, and since when it was out of sight, if it was. */
function tellOf(
  kind: 'last' | 'mark',
  { atMs, awaySinceMs }: Heard,
  price: Decimal | undefined,
  wasSilent: boolean,
): Pick<PriceTick, 'last' | 'mark' | 'lastUnseenSinceMs' | 'markUnseenSinceMs'> {
  if (price === undefined) return {};
  const sinceMs = awaySinceMs ?? (wasSilent && atMs > 0 ? atMs : undefined);
  if (kind === 'last') return { last: price, ...(sinceMs !== undefined && { lastUnseenSinceMs: sinceMs }) };
  return { mark: price, ...(sinceMs !== undefined && { markUnseenSinceMs: sinceMs }) };
}

/** A summary that only says that the market lives ends no gap. */
function heardNow({ price: before, awaySinceMs }: Heard, told: Decimal | undefined, atMs: number): Heard {
  const price = told ?? before;
  const isAway = told === undefined && awaySinceMs !== undefined;
  return { atMs, ...(price !== undefined && { price }), ...(isAway && { awaySinceMs }) };
}
