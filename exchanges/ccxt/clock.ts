/**
 * The difference between an exchange's clock and ours. ccxt has no hook for it on BingX and elsewhere sets
 * it only with the markets, so `nonce` is overridden; and what the exchange dates is told in our own clock,
 * as the port promises.
 */

/** Clocks that NTP keeps differ by less than this: such a difference leaves the exchange's times as they are. */
const NOISE_MS = 1_000;

export type ExchangeClock = {
  /** Server clock minus ours; 0 until measured. */
  skewMs: () => number;
  serverNowMs: () => number;
  /** Records one reading: the server said `serverMs` between two of our times. */
  measured: (reading: { serverMs: number; sentAtMs: number; answeredAtMs: number }) => void;
  /** A time of the exchange in our clock. */
  toOurs: (serverMs: number) => number;
  /** A time of ours in the exchange's clock. */
  toServer: (ourMs: number) => number;
};

export function createExchangeClock(nowMs: () => number = Date.now): ExchangeClock {
  let skewMs = 0;
  // Changes only in leaps, so that the same row is dated the same in every reading.
  let steadySkewMs = 0;
  return {
    skewMs: () => skewMs,
    serverNowMs: () => nowMs() + skewMs,
    measured: ({ serverMs, sentAtMs, answeredAtMs }) => {
      skewMs = Math.round(serverMs - (sentAtMs + answeredAtMs) / 2);
      const leap = Math.abs(skewMs - steadySkewMs) > NOISE_MS;
      if (leap) steadySkewMs = Math.abs(skewMs) <= NOISE_MS ? 0 : skewMs;
    },
    toOurs: (serverMs) => serverMs - steadySkewMs,
    toServer: (ourMs) => ourMs + steadySkewMs,
  };
}
