/** Reads the prices of quiet symbols by REST, one reading at a time, so that a deaf socket costs seconds, not stops. */
import type { Symbol } from '../../domain/terms.ts';
import type { PriceTick } from '../exchange.ts';
import type { PriceReader } from '../price-reader.ts';

/** Prices by REST are limited to one request a second on some exchanges. */
const MIN_BRIDGE_MS = 1_000;

export function keepPriceBridge(
  prices: PriceReader,
  silenceMs: number,
  { quiet, onTick }: { quiet: (nowMs: number) => Symbol[]; onTick: (tick: PriceTick) => void },
) {
  let busy = false;
  const look = async (): Promise<void> => {
    const symbols = quiet(Date.now());
    if (busy || symbols.length === 0) return;
    busy = true;
    try {
      for (const tick of await prices.prices(symbols)) onTick(tick);
    } catch {
      // The next look asks again; the stream's state already says that it is not live.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), Math.max(MIN_BRIDGE_MS, silenceMs / 2));
  return { look: () => void look(), stop: () => clearInterval(timer) };
}
