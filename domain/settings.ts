/** How one position behaves; fixed at its start, from the account's configuration. */
import type { Timeframe } from './candles.ts';
import type { Decimal } from './decimal.ts';
import type { WorkingType } from './terms.ts';

export type PositionSettings = {
  /** Which price protective orders watch, unless the request says otherwise. */
  workingType: WorkingType;
  /** Close at market when the price is beyond the target and the target order has not filled. */
  instantTpEnabled: boolean;
  /** Send a stop and its target together; else the target waits until the stop rests. */
  batchProtection: boolean;
  /** How long a target or stop order may take to act by itself after its price was crossed. */
  crossingGraceMs: number;
  /** An entry that no worker could send for this long is given up, unsent. */
  entryValidMs: number;
  /** How long the exchange's positions list may lag behind fills: no earlier reading contradicts a fill. */
  positionLagMs: number;
  /** An order of unknown outcome raises an alarm after this. */
  unknownAlarmMs: number;
  /** Missing cover raises an alarm after this. */
  uncoveredAlarmMs: number;
  /** Missing cover closes the position at market after this; null: never. */
  emergencyCloseMs: number | null;
  /** Tranches whose price is so many percent beyond their entry become one; absent: never. */
  mergeProfitable?: { percent: Decimal };
  /** Which candles the average true range is read from; absent: `DEFAULT_VOLATILITY`. */
  volatility?: VolatilitySettings;
};

export type VolatilitySettings = { timeframe: Timeframe; periods: number };

export const DEFAULT_VOLATILITY: VolatilitySettings = { timeframe: '15m', periods: 14 };

export const DEFAULT_SETTINGS: PositionSettings = {
  workingType: 'CONTRACT_PRICE',
  instantTpEnabled: true,
  batchProtection: true,
  crossingGraceMs: 1_500,
  entryValidMs: 120_000,
  positionLagMs: 3_000,
  unknownAlarmMs: 15_000,
  uncoveredAlarmMs: 5_000,
  emergencyCloseMs: 30_000,
};
