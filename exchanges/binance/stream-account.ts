/** Binance's private stream: silent as long as nothing happens, so that only answered pings prove it alive. */
import { faultOf } from '../ccxt/failure.ts';
import { readBody } from '../rows.ts';
import { createListenKeyStreamer } from '../streams/listen-key-stream.ts';
import type { BinanceApi } from './api.ts';
import { readFrame } from './frames.ts';
import type { BinanceMarkets } from './markets.ts';
import { listenKeyBody } from './wire.ts';

export const createAccountStreamer = (api: BinanceApi, markets: BinanceMarkets) =>
  createListenKeyStreamer(
    {
      createKey: async () =>
        readBody('listen key', await api.read('listen key', 'createListenKey', {}), listenKeyBody).listenKey,
      extendKey: async (listenKey) => {
        const reply = await api.call('extendListenKey', { listenKey });
        return reply.ok ? undefined : faultOf('listen key', reply.failure).message;
      },
      url: (listenKey) => `${api.sockets.private}?listenKey=${encodeURIComponent(listenKey)}`,
      read: (bytes) => {
        const body = readFrame(bytes);
        return body ? { kind: 'message', body } : { kind: 'noise' };
      },
      heartbeatMs: 0,
    },
    api,
    markets,
  );
