/** The account's settings and money. */
import type { z } from 'zod';
import { max, sub, sum, ZERO, type Decimal } from '../../domain/decimal.ts';
import type { Balance } from '../../domain/exchange-truth.ts';
import type { PositionMode, Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import { createModeReader, type ModeReader } from '../mode-reader.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { LINEAR, SETTLE_COIN, type BybitApi } from './api.ts';
import { isAlreadySet } from './codes.ts';
import type { BybitMarkets } from './markets.ts';
import { readPages } from './pages.ts';
import { coinRow, listBody, positionRow, walletRow } from './wire.ts';

export type AccountReader = ModeReader & {
  setLeverage: (symbol: Symbol, leverage: Decimal) => Promise<void>;
  balance: () => Promise<Balance>;
  /** The mode of one symbol: Bybit keeps it by symbol or coin, not by account. */
  modeOf: (symbol: Symbol) => Promise<PositionMode>;
};

/** The market by which the mode of the account is told, where it is listed. */
const TELLING_MARKET = 'BTCUSDT';

export function createAccountReader(api: BybitApi, markets: BybitMarkets): AccountReader {
  const modes = new Map<Symbol, ModeReader>();
  const modeOf = (symbol: Symbol): Promise<PositionMode> => {
    const reader = modes.get(symbol) ?? createModeReader(() => readMode(api, markets, symbol));
    modes.set(symbol, reader);
    return reader.positionMode();
  };
  const mode = createModeReader(async () => {
    const listed = await markets.all();
    const telling = listed.find(({ id }) => id === TELLING_MARKET) ?? listed.find(({ tradable }) => tradable);
    if (!telling) throw new ExchangeFault('bad_answer', 'position mode: no market to tell it by');
    return modeOf(telling.symbol);
  });
  return {
    ...mode,
    modeOf,
    setLeverage: async (symbol, leverage) => {
      const market = await markets.bySymbol(symbol);
      // Both sides alike: anything else is refused, except in hedge mode with isolated margin.
      const params = { ...LINEAR, symbol: market.id, buyLeverage: leverage, sellLeverage: leverage };
      const reply = await api.call('leverage', params, { priority: 'entry' });
      if (!reply.ok && !isAlreadySet(reply.failure)) throw faultOf('set leverage', reply.failure);
    },
    balance: () => readBalance(api),
  };
}

/** Bybit shows one row for a symbol in one-way mode and two in hedge mode, whether anything is open or not. */
async function readMode(api: BybitApi, markets: BybitMarkets, symbol: Symbol): Promise<PositionMode> {
  const list = await readPages(api, 'positions', { symbol: markets.idOf(symbol) });
  const rows = readRows<typeof positionRow, string>('position', list, positionRow, (row) => row.positionIdx);
  const indexes = wholeRows('position mode', rows);
  const oneWay = indexes.filter((index) => index === '0').length;
  if (indexes.length === 0 || (oneWay > 0 && oneWay < indexes.length))
    throw new ExchangeFault(
      'bad_answer',
      `position mode: ${indexes.length === 0 ? 'no row' : 'rows of both'}`,
    );
  return oneWay > 0 ? 'one-way' : 'hedge';
}

/**
 * Equity of the settlement coin. What of it is free is told for the whole account, in dollars, as all coins
 * stand for each other; where it is not told (isolated margin), it is what the coin has beside its margins.
 */
async function readBalance(api: BybitApi): Promise<Balance> {
  const body = await api.read('balance', 'balance', { accountType: 'UNIFIED', coin: SETTLE_COIN });
  const { list } = readBody('balance', body, listBody);
  const [wallet] = wholeRows(
    'balance',
    readRows<typeof walletRow, { free: Decimal | undefined; coins: unknown[] }>(
      'wallet',
      list,
      walletRow,
      ({ totalAvailableBalance, coin }) => ({ free: totalAvailableBalance, coins: coin }),
    ),
  );
  const coins = wholeRows(
    'balance',
    readRows<typeof coinRow, CoinBalance>('coin', wallet?.coins ?? [], coinRow, coinBalance),
  );
  const found = coins.find(({ asset }) => asset === SETTLE_COIN);
  if (!wallet) throw new ExchangeFault('bad_answer', 'balance: no unified account');
  // A coin that the account never held has no row.
  const { equity, beside } = found ?? { equity: ZERO, beside: ZERO };
  return { asset: SETTLE_COIN, equity, available: wallet.free ?? beside, atMs: Date.now() };
}

type CoinBalance = { asset: string; equity: Decimal; beside: Decimal };

const coinBalance = (row: z.output<typeof coinRow>): CoinBalance => {
  const margins = sum([row.totalPositionIM ?? ZERO, row.totalOrderIM ?? ZERO]);
  return {
    asset: row.coin,
    equity: row.equity,
    beside: max(ZERO, sub(row.walletBalance ?? row.equity, margins)),
  };
};
