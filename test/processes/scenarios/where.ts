/** Where scenarios are played: an account for each exchange and mode, a market for each play. */
import type { PositionMode } from '../../../domain/terms.ts';
import type { MarketSpec } from '../../../venue/control/types.ts';
import type { AccountSetup } from '../../support/processes.ts';
import type { TriedExchange } from '../wire-of.ts';

export type Where = { exchange: TriedExchange; mode: PositionMode };

export const BINGX: Where = { exchange: 'bingx', mode: 'one-way' };
export const BYBIT: Where = { exchange: 'bybit', mode: 'one-way' };
export const BINANCE: Where = { exchange: 'binance', mode: 'one-way' };
export const BINGX_HEDGE: Where = { exchange: 'bingx', mode: 'hedge' };
export const BYBIT_HEDGE: Where = { exchange: 'bybit', mode: 'hedge' };
export const BINANCE_HEDGE: Where = { exchange: 'binance', mode: 'hedge' };
export const ONE_WAY = [BINGX, BYBIT, BINANCE] as const;
export const HEDGE = [BINGX_HEDGE, BYBIT_HEDGE, BINANCE_HEDGE] as const;
const EVERYWHERE = [...ONE_WAY, ...HEDGE];

export const nameOf = ({ exchange, mode }: Where): string =>
  mode === 'hedge' ? `${exchange}-hedge` : exchange;

/** Many lives at once on one account: a play is a test neither of its limits nor of the exchange's. */
export const ACCOUNTS: readonly AccountSetup[] = EVERYWHERE.map((where) => ({
  name: nameOf(where),
  exchange: where.exchange,
  positionMode: where.mode,
  limits: { max_open_positions: 200 },
  rate_limits: 'off',
  // A step of a play takes its time on a busy machine, and is no order that failed to act.
  advanced: { crossingGraceMs: 15_000 },
}));

const letterOf = (where: Where): string => 'ABCDEF'[EVERYWHERE.indexOf(where)] ?? 'X';
export const baseOf = (id: string, where: Where): string => `S${id}${letterOf(where)}`;

/** Every price is 100 at first. */
export const marketFor = (id: string, where: Where): MarketSpec => ({
  symbol: `${baseOf(id, where)}-USDT`,
  price: '100',
  tickSize: '0.01',
  lotSize: '0.001',
});
