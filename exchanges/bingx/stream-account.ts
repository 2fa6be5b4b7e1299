/** BingX's private stream. */
import { faultOf } from '../ccxt/failure.ts';
import type { Markets } from '../market-list.ts';
import { readBody } from '../rows.ts';
import { createListenKeyStreamer } from '../streams/listen-key-stream.ts';
import type { BingxApi } from './api.ts';
import { HEARTBEAT_MS, PONG, readFrame } from './frames.ts';
import { listenKeyBody } from './wire.ts';

export const createAccountStreamer = (api: BingxApi, markets: Markets) =>
  createListenKeyStreamer(
    {
      createKey: async () =>
        readBody('listen key', await api.read('listen key', 'createListenKey', {}), listenKeyBody).listenKey,
      extendKey: async (listenKey) => {
        const reply = await api.call('extendListenKey', { listenKey });
        return reply.ok ? undefined : faultOf('listen key', reply.failure).message;
      },
      url: (listenKey) => `${api.sockets}?listenKey=${encodeURIComponent(listenKey)}`,
      read: (bytes) => {
        const frame = readFrame(bytes);
        return frame.kind === 'ping' ? { kind: 'ping', reply: PONG } : frame;
      },
      heartbeatMs: HEARTBEAT_MS,
    },
    api,
    markets,
  );
