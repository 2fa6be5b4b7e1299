/** The account's settings and money. */
import type { Decimal } from '../../domain/decimal.ts';
import type { Balance } from '../../domain/exchange-truth.ts';
import type { PositionMode, Side, Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import type { BingxApi } from './api.ts';
import { RECEIVE_WINDOW_MS } from './place.ts';
import { isNotOffered } from './codes.ts';
import type { Markets } from '../market-list.ts';
import { createModeReader, type ModeReader } from '../mode-reader.ts';
import { readBody, readRows } from '../rows.ts';
import { balanceBody, balanceRow, positionModeBody } from './wire.ts';

/** The asset that linear swaps settle in. */
const SETTLE_ASSETS: readonly string[] = ['USDT', 'VST'];

export type AccountReader = ModeReader & {
  setLeverage: (symbol: Symbol, leverage: Decimal, side: Side) => Promise<void>;
  balance: () => Promise<Balance>;
};

/** @param configured believed where the exchange has no endpoint that tells the mode */
export function createAccountReader(
  api: BingxApi,
  markets: Markets,
  configured?: PositionMode,
): AccountReader {
  const mode = createModeReader(async () => {
    const reply = await api.call('positionMode', {});
    if (!reply.ok && configured !== undefined && isNotOffered(reply.failure)) return configured;
    if (!reply.ok) throw faultOf('position mode', reply.failure);
    const { data } = readBody('position mode', reply.body, positionModeBody);
    if (data.dualSidePosition === undefined)
      throw new ExchangeFault('bad_answer', 'position mode: neither true nor false');
    return data.dualSidePosition ? 'hedge' : 'one-way';
  });

  return {
    ...mode,
    setLeverage: async (symbol, leverage, side) => {
      const market = await markets.bySymbol(symbol);
      const named = (await mode.positionMode()) === 'one-way' ? 'BOTH' : side.toUpperCase();
      const params = { symbol: market.id, side: named, leverage, recvWindow: String(RECEIVE_WINDOW_MS) };
      await api.read('set leverage', 'leverage', params, { priority: 'entry' });
    },
    balance: async () => {
      const { data } = readBody('balance', await api.read('balance', 'balance', {}), balanceBody);
      const { rows } = readRows<typeof balanceRow, Balance>(
        'balance',
        data,
        balanceRow,
        ({ asset, equity, availableMargin }) => ({
          asset,
          equity,
          available: availableMargin,
          atMs: Date.now(),
        }),
      );
      const found = SETTLE_ASSETS.map((asset) => rows.find((row) => row.asset === asset)).find(
        (row) => row !== undefined,
      );
      if (!found) throw new ExchangeFault('bad_answer', 'balance: no settlement asset could be read');
      return found;
    },
  };
}
