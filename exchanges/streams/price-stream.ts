/**
 * Prices of many symbols, from frame to callback without a queue. A symbol that its
 * socket says nothing about for `silenceMs` is bridged by REST, so a deaf socket costs seconds, not stops.
 * A price that the exchange sent long ago (a line or a process that stood still) is not told: the next
 * fresh one says since when nothing was seen.
 * What differs between exchanges is in the `PriceProtocol` that an adapter brings.
 */
import { STALE_PRICE_MS } from '../../domain/price-age.ts';
import type { ExchangeClock } from '../ccxt/clock.ts';
import type { ExchangeLog } from '../connection.ts';
import type { Redact } from '../ccxt/redact.ts';
import type { Exchange } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import type { PriceReader } from '../price-reader.ts';
import { keepPriceBridge } from './price-bridge.ts';
import type { PriceProtocol, PricePush } from './price-protocol.ts';
import { createPriceSockets } from './price-sockets.ts';
import { createPriceWatch } from './price-watch.ts';
import { keepSocket } from './socket.ts';

export type { PriceFrame, PriceProtocol, PricePush } from './price-protocol.ts';

type Options = Parameters<Exchange['streamPrices']>[0];
type PriceStream = ReturnType<Exchange['streamPrices']>;

export type PriceStreamDeps = {
  protocol: PriceProtocol;
  markets: Pick<Markets, 'ready' | 'symbolOf' | 'idOf'>;
  prices: PriceReader;
  clock: Pick<ExchangeClock, 'toOurs'>;
  /** How long a connection may take to open. */
  connectMs: number;
  log: ExchangeLog;
  redact: Redact;
};

export function createPriceStreamer(deps: PriceStreamDeps) {
  const { protocol, markets, prices, clock, connectMs, log, redact } = deps;
  return ({ symbols, onTick, reconnectDelayMs, silenceMs }: Options): PriceStream => {
    const watch = createPriceWatch(silenceMs);
    let isCrowded = false;
    const refresh = (): void => {
      watch.want(symbols(), markets.idOf);
      const wasCrowded = isCrowded;
      isCrowded = !sockets.want(watch.marketIds());
      // What the sockets have no room for shall not wait for the bridge's next turn to be seen at all.
      if (isCrowded && !wasCrowded) bridge.look();
    };
    const hear = (push: PricePush): void => {
      const nowMs = Date.now();
      if (push.atMs !== undefined && nowMs - clock.toOurs(push.atMs) > STALE_PRICE_MS) return;
      const tick = watch.heard(markets.symbolOf(push.marketId), push, nowMs);
      if (tick) onTick(tick);
    };
    const url = async (): Promise<string> => {
      await markets.ready().catch(() => undefined);
      return protocol.url();
    };
    const timings = { connectMs, reconnectDelayMs, silenceMs, heartbeatMs: protocol.heartbeatMs };
    const sockets = createPriceSockets({
      protocol,
      open: (events) =>
        keepSocket(
          { ...events, url, ...(protocol.ping && { ping: protocol.ping }) },
          { name: 'prices', timings, log, redact },
        ),
      onOpen: (marketIds) => {
        watch.connected(marketIds, Date.now());
        // The market list may have come since: ids are looked up anew.
        refresh();
      },
      onPrice: hear,
      onDown: () => bridge.look(),
    });
    const bridge = keepPriceBridge(prices, silenceMs, {
      quiet: (nowMs) => watch.quiet(sockets.isLive, nowMs),
      onTick: (tick) => {
        onTick(tick);
        if (watch.isDeafTo(tick, Date.now()))
          sockets.replace(markets.idOf(tick.symbol), 'the price moved and the socket did not say so');
      },
    });

    refresh();
    return {
      refresh,
      state: () => watch.stateOf(sockets.state(), Date.now()),
      stop: async () => {
        bridge.stop();
        await sockets.stop();
      },
    };
  };
}
