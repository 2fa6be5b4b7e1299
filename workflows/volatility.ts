/** The average true range of a market, where a wish is measured in it. */
import type { Decimal } from '../domain/decimal.ts';
import { DEFAULT_VOLATILITY, type PositionSettings } from '../domain/settings.ts';
import type { Symbol } from '../domain/terms.ts';
import type { Outside } from './proxies.ts';
import { questioned } from './questions.ts';

type Market = { account: string; symbol: Symbol; settings: PositionSettings };

/**
 * In quote units; null: the market has too few candles.
 *
 * @param otherwise what was not done, where the exchange cannot be asked
 * @throws ApplicationFailure a refusal that says so
 */
export async function readAverageRange(
  { questions }: Outside,
  { account, symbol, settings }: Market,
  otherwise: string,
): Promise<Decimal | null> {
  const { timeframe, periods } = settings.volatility ?? DEFAULT_VOLATILITY;
  const summary = `read how far ${symbol} goes within ${timeframe}`;
  const { atr } = await questioned(
    () => questions.readVolatility.executeWithOptions({ summary }, [{ account, symbol, timeframe, periods }]),
    otherwise,
  );
  return atr;
}
