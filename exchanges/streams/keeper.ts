/** Knows the running streams of one gateway, so that closing it ends them all. */
import type { Stream } from '../exchange.ts';

export function createStreamKeeper() {
  const streams = new Set<Stream>();
  return {
    /** The same stream, forgotten once it is stopped. */
    keep: <S extends Stream>(stream: S): S => {
      streams.add(stream);
      const stop = async (): Promise<void> => {
        streams.delete(stream);
        await stream.stop();
      };
      return { ...stream, stop };
    },
    stopAll: async (): Promise<void> => {
      await Promise.all([...streams].map((stream) => stream.stop()));
    },
  };
}
