/** The account's two sockets: prices and hints. The gateway opens lost ones again; this opens and closes them. */
import type { Symbol } from '../../domain/terms.ts';
import type { AccountHint, Exchange, PriceTick, Stream, StreamState } from '../../exchanges/exchange.ts';
import { backoffMs, createPause } from './pause.ts';
import type { Tally } from './tally.ts';

/**
 * A price that the socket says nothing about for this long is read by REST, by the gateway, every half of
 * it: so silence is noticed, and bridged, within five seconds.
 */
export const PRICE_SILENCE_MS = 3_000;
/** A private stream has nothing to say for hours: only the exchange's own pings tell that it lives. */
const ACCOUNT_SILENCE_MS = 60_000;

export type Streams = {
  /** Opens both, and closes them when the run is over; never throws. */
  keepOpen(): Promise<void>;
  /** Subscribes anew if the symbols are others now. */
  refresh(): void;
  /** Whether both are open. A `silent` one is: its prices may simply not move, and their age tells. */
  connected(): boolean;
};

type Wiring = {
  exchange: Exchange;
  tally: Tally;
  over: AbortSignal;
  reconnectDelayMs: number;
  /** Sorted. */
  symbols: () => readonly Symbol[];
  onTick: (tick: PriceTick) => void;
  onHint: (hint: AccountHint) => void;
};

export function openStreams({
  exchange,
  tally,
  over,
  reconnectDelayMs,
  symbols,
  onTick,
  onHint,
}: Wiring): Streams {
  let prices: ReturnType<Exchange['streamPrices']> | undefined;
  let hints: Stream | undefined;
  let subscribed = '';
  const open = (): boolean => {
    try {
      prices ??= exchange.streamPrices({ symbols, onTick, reconnectDelayMs, silenceMs: PRICE_SILENCE_MS });
      hints ??= exchange.streamAccount({ onHint, reconnectDelayMs, silenceMs: ACCOUNT_SILENCE_MS });
      return true;
    } catch (error) {
      tally.failure('a stream could not be opened', error);
      return false;
    }
  };
  const close = async (): Promise<void> => {
    const results = await Promise.allSettled([prices?.stop(), hints?.stop()]);
    for (const result of results)
      if (result.status === 'rejected') tally.failure('a stream could not be closed', result.reason);
  };
  return {
    keepOpen: async () => {
      const pause = createPause(over);
      for (let failures = 1; !over.aborted && !open(); failures++)
        await pause.wait(backoffMs(reconnectDelayMs, failures));
      if (!over.aborted)
        await new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
      await close();
    },
    refresh: () => {
      const wanted = symbols().join(' ');
      if (wanted === subscribed || !prices) return;
      subscribed = wanted;
      prices.refresh();
    },
    connected: () => [prices, hints].every((stream) => isOpen(stream?.state())),
  };
}

const isOpen = (state: StreamState | undefined): boolean => state === 'live' || state === 'silent';
