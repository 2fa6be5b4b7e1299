/** Accounts and markets: how they come into the books. */
import { randomInt } from 'node:crypto';
import { isPositive, parseDecimal, ZERO } from '../../domain/decimal.ts';
import type { AccountSpec, MarketSpec } from '../control/types.ts';
import { addIncome } from './fill.ts';
import type { Books } from './books.ts';
import type { Account, Market } from './model.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const DEFAULT_BALANCE = '100000';

/** What trades without being asked for: steps and minimums like BingX's, prices of a quiet day. */
export const DEFAULT_MARKETS: readonly MarketSpec[] = [
  { symbol: 'BTC-USDT', price: '65000', tickSize: '0.1', lotSize: '0.0001', maxLeverage: 125 },
  { symbol: 'ETH-USDT', price: '3200', tickSize: '0.01', lotSize: '0.001', maxLeverage: 125 },
  { symbol: 'SOL-USDT', price: '150', tickSize: '0.001', lotSize: '0.01', maxLeverage: 75 },
  { symbol: 'LTC-USDT', price: '85', tickSize: '0.01', lotSize: '0.1', maxLeverage: 75 },
  { symbol: 'XRP-USDT', price: '0.6', tickSize: '0.0001', lotSize: '1', maxLeverage: 75 },
  { symbol: 'BNB-USDT', price: '580', tickSize: '0.01', lotSize: '0.01', maxLeverage: 75 },
  { symbol: 'DOGE-USDT', price: '0.15', tickSize: '0.00001', lotSize: '1', maxLeverage: 75 },
];

/** The same name and keys again change nothing; another account with either is refused. */
export function createAccount(books: Books, spec: AccountSpec): Account | Refusal {
  const existing = books.accounts.get(spec.name);
  if (existing) {
    const same = existing.apiKey === spec.apiKey && existing.secret === spec.secret;
    return same ? existing : refuse('bad-request', `account ${spec.name} exists with other keys`);
  }
  const taken = [...books.accounts.values()].some((account) => account.apiKey === spec.apiKey);
  if (taken) return refuse('bad-request', `another account has the key ${spec.apiKey}`);
  const balance = spec.balance ?? DEFAULT_BALANCE;
  return books.transact(() => {
    const account: Account = {
      name: spec.name,
      uid: String(randomInt(1_000_000_000, 2_000_000_000)),
      apiKey: spec.apiKey,
      secret: spec.secret,
      balance,
      realizedPnl: ZERO,
      permissions: spec.permissions ?? ['read', 'trade'],
      hedgeMode: spec.hedgeMode ?? false,
      leverage: {},
      isolated: {},
    };
    books.put.account(account);
    if (isPositive(balance)) addIncome(books, account.name, '', 'TRANSFER', balance);
    return account;
  });
}

const STEP = /^(1|10+|0\.0*1)$/;

export function addMarket(books: Books, spec: MarketSpec): Market | Refusal {
  if (!/^[A-Z0-9]+-USD[TC]$/.test(spec.symbol))
    return refuse('bad-request', `symbol ${spec.symbol}: expected e.g. BTC-USDT`);
  if (!STEP.test(spec.tickSize) || !STEP.test(spec.lotSize))
    return refuse('bad-request', 'tickSize and lotSize must be powers of ten, e.g. 0.01');
  const price = parseDecimal(spec.price);
  if (price === undefined || !isPositive(price))
    return refuse('bad-request', `price ${spec.price} must be above 0`);
  const existing = books.markets.get(spec.symbol);
  if (existing) return existing;
  return books.transact(() => {
    const market: Market = {
      minQuantity: spec.lotSize,
      minNotional: '2',
      takerFee: '0.0005',
      makerFee: '0.0002',
      maxLeverage: 125,
      maintenanceRate: '0.004',
      ...spec,
      last: price,
      mark: price,
      index: price,
      lastQuantity: spec.lotSize,
      markPinned: false,
      fundingRate: '0.0001',
    };
    books.put.market(market);
    return market;
  });
}
