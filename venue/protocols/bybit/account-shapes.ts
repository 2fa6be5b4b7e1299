/** Balances in Bybit's shape, for REST and the `wallet` topic alike. The venue's accounts hold USDT only. */
import { add, div, isPositive, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { fundsOf } from '../../book/margin.ts';
import type { Account } from '../../book/model.ts';
import { money } from './format.ts';

export function walletRow(books: Books, account: Account): object {
  const funds = fundsOf(books, account);
  const initial = money(add(funds.used, funds.frozen));
  const maintenance = money(funds.maintenance);
  const rate = (part: Decimal): Decimal => (isPositive(funds.equity) ? money(div(part, funds.equity)) : ZERO);
  return {
    totalEquity: money(funds.equity),
    accountIMRate: rate(initial),
    accountIMRateByMp: rate(initial),
    totalMarginBalance: money(funds.equity),
    totalInitialMargin: initial,
    totalInitialMarginByMp: initial,
    accountType: 'UNIFIED',
    totalAvailableBalance: money(funds.available),
    accountMMRate: rate(maintenance),
    accountMMRateByMp: rate(maintenance),
    totalPerpUPL: money(funds.unrealized),
    totalWalletBalance: money(funds.balance),
    accountLTV: '0',
    totalMaintenanceMargin: maintenance,
    totalMaintenanceMarginByMp: maintenance,
    coin: [coinRow(account, funds)],
  };
}

function coinRow(account: Account, funds: ReturnType<typeof fundsOf>): object {
  return {
    coin: 'USDT',
    equity: money(funds.equity),
    usdValue: money(funds.equity),
    walletBalance: money(funds.balance),
    availableToWithdraw: '',
    availableToBorrow: '',
    borrowAmount: '0',
    accruedInterest: '0',
    totalOrderIM: money(funds.frozen),
    totalPositionIM: money(funds.used),
    totalPositionMM: money(funds.maintenance),
    unrealisedPnl: money(funds.unrealized),
    cumRealisedPnl: money(account.realizedPnl),
    bonus: '0',
    collateralSwitch: true,
    marginCollateral: true,
    locked: '0',
    spotHedgingQty: '0',
    spotBorrow: '0',
  };
}
