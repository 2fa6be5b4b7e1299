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
import { readBody, readRows } from '../rows.ts';
import { balanceBody, balanceRow, positionModeBody } from './wire.ts';

/** The mode can only change while the account is flat, so a reading stays good for a while. */
const MODE_FRESH_MS = 60_000;

/** A failure is repeated for this long: every list of rows asks for the mode. */
const MODE_FAILURE_MS = 5_000;

/** The asset that linear swaps settle in. */
const SETTLE_ASSETS: readonly string[] = ['USDT', 'VST'];

export type AccountReader = {
  positionMode: () => Promise<PositionMode>;
  /** The mode if it was read before; for rows that do not name it. */
  knownMode: () => PositionMode | undefined;
  setLeverage: (symbol: Symbol, leverage: Decimal, side: Side) => Promise<void>;
  balance: () => Promise<Balance>;
};

/** @param configured believed where the exchange has no endpoint that tells the mode */
export function createAccountReader(
  api: BingxApi,
  markets: Markets,
  configured?: PositionMode,
): AccountReader {
  let known: { mode: PositionMode; atMs: number } | undefined;
  let asking: Promise<PositionMode> | undefined;
  let failed: { fault: unknown; atMs: number } | undefined;

  const ask = async (): Promise<PositionMode> => {
    const reply = await api.call('positionMode', {});
    if (!reply.ok && configured !== undefined && isNotOffered(reply.failure)) {
      known = { mode: configured, atMs: Date.now() };
      return configured;
    }
    if (!reply.ok) throw faultOf('position mode', reply.failure);
    const { data } = readBody('position mode', reply.body, positionModeBody);
    if (data.dualSidePosition === undefined)
      throw new ExchangeFault('bad_answer', 'position mode: neither true nor false');
    known = { mode: data.dualSidePosition ? 'hedge' : 'one-way', atMs: Date.now() };
    return known.mode;
  };
  const positionMode = async (): Promise<PositionMode> => {
    if (known && Date.now() - known.atMs < MODE_FRESH_MS) return known.mode;
    if (failed && Date.now() - failed.atMs < MODE_FAILURE_MS) throw failed.fault;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    try {
      return await asking;
    } catch (fault) {
      failed = { fault, atMs: Date.now() };
      throw fault;
    }
  };

  return {
    positionMode,
    knownMode: () => known?.mode,
    setLeverage: async (symbol, leverage, side) => {
      const market = await markets.bySymbol(symbol);
      const named = (await positionMode()) === 'one-way' ? 'BOTH' : side.toUpperCase();
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
