/** The account's settings and money, and what the key may do. */
import type { Decimal } from '../../domain/decimal.ts';
import type { Balance } from '../../domain/exchange-truth.ts';
import type { PositionMode, Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import type { KeyPermissions } from '../exchange.ts';
import { createModeReader } from '../mode-reader.ts';
import { readBody } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import { isNotOffered } from './codes.ts';
import type { BinanceMarkets } from './markets.ts';
import { accountBody, keyPermissionsBody, positionModeBody } from './wire.ts';

/** What the sums of an account are told in. */
const BALANCE_ASSET = 'USDT';

export type AccountReader = {
  positionMode: () => Promise<PositionMode>;
  /** Leverage is one per symbol, for both legs. */
  setLeverage: (symbol: Symbol, leverage: Decimal) => Promise<void>;
  balance: () => Promise<Balance>;
  keyPermissions: () => Promise<KeyPermissions>;
};

/** @param hasKeyPermissions false where the exchange's demo has no such endpoint at all */
export function createAccountReader(
  api: BinanceApi,
  markets: BinanceMarkets,
  hasKeyPermissions: boolean,
): AccountReader {
  const { positionMode } = createModeReader(async () => {
    const body = await api.read('position mode', 'positionMode', {});
    const { dualSidePosition } = readBody('position mode', body, positionModeBody);
    if (dualSidePosition === undefined)
      throw new ExchangeFault('bad_answer', 'position mode: neither true nor false');
    return dualSidePosition ? 'hedge' : 'one-way';
  });
  return {
    positionMode,
    setLeverage: async (symbol, leverage) => {
      const { id } = await markets.bySymbol(symbol);
      await api.read('set leverage', 'leverage', { symbol: id, leverage }, { priority: 'entry' });
    },
    balance: async () => {
      const body = readBody('balance', await api.read('balance', 'account', {}), accountBody);
      return {
        asset: BALANCE_ASSET,
        equity: body.totalMarginBalance,
        available: body.availableBalance,
        atMs: Date.now(),
      };
    },
    keyPermissions: async () => (hasKeyPermissions ? readKeyPermissions(api) : UNKNOWN),
  };
}

const UNKNOWN: KeyPermissions = { trade: 'unknown', withdraw: 'unknown' };

/** Throws `ExchangeFault` where Binance does not answer; where it has no such endpoint, all is `unknown`. */
async function readKeyPermissions(api: BinanceApi): Promise<KeyPermissions> {
  const reply = await api.call('keyPermissions', {});
  if (!reply.ok && isNotOffered(reply.failure)) return UNKNOWN;
  if (!reply.ok) throw faultOf('key permissions', reply.failure);
  const body = readBody('key permissions', reply.body, keyPermissionsBody);
  return { trade: body.enableFutures ?? 'unknown', withdraw: body.enableWithdrawals ?? 'unknown' };
}
