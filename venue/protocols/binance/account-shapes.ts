/** Balances and positions in the shapes that Binance answers with. */
import { add, div, isZero, mul, neg, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { unrealizedProfit } from '../../book/ledger.ts';
import { fundsOf, initialMargin, leverageOf, liquidationPrice, maintenanceOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import type { Account, Market, Position } from '../../book/model.ts';
import type { Leg } from '../../control/types.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { money, positionSideOf, quantityOf, quoteAssetOf, symbolOf } from './format.ts';

const NO_LIMIT = '1000000000';
const RATIO_PLACES = 8;

/** A leg that may hold nothing. */
export type Slot = { readonly market: Market; readonly leg: Leg; readonly position: Position | undefined };

/** Shorts are negative, in one-way and in hedge mode. */
export const signedQuantity = (position: Position | undefined | null): Decimal =>
  !position ? ZERO : position.side === 'short' ? neg(position.quantity) : position.quantity;

/** Entry price with what commission it has cost so far. */
export function breakEvenPrice(position: Position): Decimal {
  const cost = div(neg(position.commission), position.quantity);
  return toPlaces(add(position.entryPrice, position.side === 'long' ? cost : neg(cost)), RATIO_PLACES);
}

type Figures = {
  readonly amount: Decimal;
  readonly unrealized: Decimal;
  readonly notional: Decimal;
  readonly initial: Decimal;
  readonly maintenance: Decimal;
  readonly isolatedWallet: Decimal;
  readonly isolatedMargin: Decimal;
  readonly updatedAtMs: number;
};

function figuresOf({ market, position }: Slot): Figures {
  if (!position)
    return {
      ...{ amount: quantityOf(market, ZERO), unrealized: money(ZERO), notional: '0', initial: '0' },
      ...{ maintenance: '0', isolatedWallet: '0', isolatedMargin: '0', updatedAtMs: 0 },
    };
  const unrealized = unrealizedProfit(position, market.mark);
  const notional = mul(signedQuantity(position), market.mark);
  const wallet = position.isolated ? initialMargin(position) : ZERO;
  return {
    amount: quantityOf(market, signedQuantity(position)),
    unrealized: money(unrealized),
    notional: money(notional),
    initial: money(div(mul(position.quantity, market.mark), String(position.leverage))),
    maintenance: money(maintenanceOf(position, market)),
    isolatedWallet: isZero(wallet) ? '0' : money(wallet),
    isolatedMargin: position.isolated ? money(add(wallet, unrealized)) : '0',
    updatedAtMs: position.updatedAtMs,
  };
}

const entryOf = (position: Position | undefined): Decimal =>
  position ? toPlaces(position.entryPrice, RATIO_PLACES) : '0.0';

const liquidationOf = (books: Books, { market, position }: Slot): Decimal => {
  const price = position ? liquidationPrice(books, position) : null;
  return price === null ? '0' : toFixed(price, Math.max(2, placesOf(market.tickSize)));
};

/** A row of positionRisk v3. */
export function positionRow(books: Books, slot: Slot): object {
  const { market, leg, position } = slot;
  const figures = figuresOf(slot);
  return {
    symbol: symbolOf(market.symbol),
    positionSide: positionSideOf(leg),
    positionAmt: figures.amount,
    entryPrice: entryOf(position),
    breakEvenPrice: position ? breakEvenPrice(position) : '0.0',
    markPrice: toFixed(market.mark, RATIO_PLACES),
    unRealizedProfit: figures.unrealized,
    liquidationPrice: liquidationOf(books, slot),
    isolatedMargin: figures.isolatedMargin,
    notional: figures.notional,
    marginAsset: quoteAssetOf(market.symbol),
    isolatedWallet: figures.isolatedWallet,
    initialMargin: figures.initial,
    maintMargin: figures.maintenance,
    positionInitialMargin: figures.initial,
    openOrderInitialMargin: '0',
    adl: position ? 2 : 0,
    bidNotional: '0',
    askNotional: '0',
    updateTime: figures.updatedAtMs,
  };
}

/** A row of positionRisk v2: with the settings of the symbol. */
export function positionRowV2(books: Books, account: Account, slot: Slot): object {
  const { market, leg, position } = slot;
  const figures = figuresOf(slot);
  return {
    symbol: symbolOf(market.symbol),
    positionAmt: figures.amount,
    entryPrice: entryOf(position),
    breakEvenPrice: position ? breakEvenPrice(position) : '0.0',
    markPrice: toFixed(market.mark, RATIO_PLACES),
    unRealizedProfit: figures.unrealized,
    liquidationPrice: liquidationOf(books, slot),
    leverage: String(leverageOf(account, market, 'long')),
    maxNotionalValue: NO_LIMIT,
    marginType: account.isolated[market.symbol] ? 'isolated' : 'cross',
    isolatedMargin: figures.isolatedMargin,
    isAutoAddMargin: 'false',
    positionSide: positionSideOf(leg),
    notional: figures.notional,
    isolatedWallet: figures.isolatedWallet,
    updateTime: figures.updatedAtMs,
    isolated: account.isolated[market.symbol] ?? false,
    adlQuantile: position ? 2 : 0,
  };
}

/** A row of the account's `positions`, version 3. */
export function accountPosition(slot: Slot): object {
  const figures = figuresOf(slot);
  return {
    symbol: symbolOf(slot.market.symbol),
    positionSide: positionSideOf(slot.leg),
    positionAmt: figures.amount,
    unrealizedProfit: figures.unrealized,
    isolatedMargin: figures.isolatedMargin,
    notional: figures.notional,
    isolatedWallet: figures.isolatedWallet,
    initialMargin: figures.initial,
    maintMargin: figures.maintenance,
    updateTime: figures.updatedAtMs,
  };
}

/** A row of the account's `positions`, version 2. */
export function accountPositionV2(account: Account, slot: Slot): object {
  const { market, position } = slot;
  const figures = figuresOf(slot);
  return {
    ...accountPosition(slot),
    positionInitialMargin: figures.initial,
    openOrderInitialMargin: '0',
    leverage: String(leverageOf(account, market, 'long')),
    isolated: account.isolated[market.symbol] ?? false,
    entryPrice: entryOf(position),
    breakEvenPrice: position ? breakEvenPrice(position) : '0.0',
    maxNotional: NO_LIMIT,
    bidNotional: '0',
    askNotional: '0',
  };
}

/** The account's totals; with one asset they are that asset's figures. */
export function totalsOf(books: Books, account: Account): object {
  const funds = fundsOf(books, account);
  return {
    totalInitialMargin: money(add(funds.used, funds.frozen)),
    totalMaintMargin: money(funds.maintenance),
    totalWalletBalance: money(funds.balance),
    totalUnrealizedProfit: money(funds.unrealized),
    totalMarginBalance: money(funds.equity),
    totalPositionInitialMargin: money(funds.used),
    totalOpenOrderInitialMargin: money(funds.frozen),
    totalCrossWalletBalance: money(funds.balance),
    totalCrossUnPnl: money(funds.unrealized),
    availableBalance: money(funds.available),
    maxWithdrawAmount: money(funds.available),
  };
}

export function assetRow(books: Books, account: Account, nowMs: number): object {
  const funds = fundsOf(books, account);
  return {
    asset: 'USDT',
    walletBalance: money(funds.balance),
    unrealizedProfit: money(funds.unrealized),
    marginBalance: money(funds.equity),
    maintMargin: money(funds.maintenance),
    initialMargin: money(add(funds.used, funds.frozen)),
    positionInitialMargin: money(funds.used),
    openOrderInitialMargin: money(funds.frozen),
    crossWalletBalance: money(funds.balance),
    crossUnPnl: money(funds.unrealized),
    availableBalance: money(funds.available),
    maxWithdrawAmount: money(funds.available),
    marginAvailable: true,
    updateTime: nowMs,
  };
}

export function balanceRow(books: Books, account: Account, nowMs: number): object {
  const funds = fundsOf(books, account);
  return {
    accountAlias: account.uid.slice(-4),
    asset: 'USDT',
    balance: money(funds.balance),
    crossWalletBalance: money(funds.balance),
    crossUnPnl: money(funds.unrealized),
    availableBalance: money(funds.available),
    maxWithdrawAmount: money(funds.available),
    marginAvailable: true,
    updateTime: nowMs,
  };
}
