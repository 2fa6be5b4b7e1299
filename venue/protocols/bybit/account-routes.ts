/** The account: what its key may do, what it holds and pays, and what its cash did. */
import type { Account } from '../../book/model.ts';
import { isMarket, marketParam, ok, param, reads } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { invalid, isError } from './codes.ts';
import { baseOf, symbolOf } from './format.ts';
import { walletRow } from './account-shapes.ts';
import { instruments } from './market-routes.ts';
import { pageOf, rangeOf, within } from './paging.ts';
import { transactionLog } from './transaction-log.ts';

const KEY_BORN_AT = '2025-10-13T03:20:45Z';

export const accountRoutes: readonly Route[] = [
  reads('/v5/user/query-api', 10, keyInfo),
  reads('/v5/account/info', 50, accountInfo),
  reads('/v5/account/wallet-balance', 50, balance),
  reads('/v5/account/instruments-info', 10, instruments, { category: true }),
  reads('/v5/account/fee-rate', 5, feeRate, { category: true }),
  reads('/v5/account/transaction-log', 25, log),
  reads('/v5/asset/coin/query-info', 5, coins),
];

function keyInfo({ account }: PrivateCall): Reply {
  return { retMsg: '', result: keyFacts(account) };
}

function keyFacts(account: Account): object {
  return {
    id: account.uid,
    note: account.name,
    apiKey: account.apiKey,
    readOnly: account.permissions.includes('trade') ? 0 : 1,
    secret: '',
    permissions: permissionsOf(account),
    ips: ['*'],
    type: 1,
    deadlineDay: -2,
    expiredAt: '1970-01-01T00:00:00Z',
    createdAt: KEY_BORN_AT,
    unified: 0,
    uta: 1,
    userID: Number(account.uid),
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    rsaPublicKey: '',
    isMaster: true,
    parentUid: '0',
    kycLevel: 'LEVEL_1',
    kycRegion: '',
    userIDInt64: account.uid,
    inviterIDInt64: '0',
    affiliateIDInt64: '0',
  };
}

const NO_RIGHTS = Object.fromEntries(
  ['Spot', 'Options', 'CopyTrading', 'BlockTrade', 'Exchange', 'NFT', 'Affiliate', 'Earn']
    .concat(['FiatP2P', 'FiatConvertBroker', 'FiatGlobalPay', 'FiatBitPay', 'BitCard', 'ByXPost'])
    .map((product) => [product, []]),
);

function permissionsOf({ permissions }: Account): object {
  const trades = permissions.includes('trade');
  const withdraws = permissions.includes('withdraw');
  return {
    ...NO_RIGHTS,
    ContractTrade: trades ? ['Order', 'Position'] : [],
    Derivatives: trades ? ['DerivativesTrade'] : [],
    Wallet: withdraws ? ['AccountTransfer', 'SubMemberTransfer', 'Withdraw'] : [],
  };
}

/** Status 6 is the present unified account (2.0 Pro). */
function accountInfo({ nowMs }: PrivateCall): Reply {
  return ok({
    marginMode: 'REGULAR_MARGIN',
    updatedTime: String(nowMs),
    unifiedMarginStatus: 6,
    dcpStatus: 'OFF',
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
  });
}

function balance({ books, account, params }: PrivateCall): Reply {
  const type = params['accountType'];
  if (type && type !== 'UNIFIED') return invalid('accountType only support UNIFIED.');
  return ok({ list: [walletRow(books, account)] });
}

function feeRate(call: PrivateCall): Reply {
  const { books, params } = call;
  const chosen = param(params, 'symbol') ? marketParam(call) : undefined;
  if (chosen && !isMarket(chosen)) return chosen;
  const list = [...books.markets.values()]
    .filter((market) => !chosen || market === chosen)
    .map((market) => ({
      symbol: symbolOf(market.symbol),
      takerFeeRate: market.takerFee,
      makerFeeRate: market.makerFee,
    }));
  return ok({ category: 'linear', list });
}

function log(call: PrivateCall): Reply {
  const { books, account, params, nowMs } = call;
  const range = rangeOf(params, nowMs);
  if (isError(range)) return range;
  const type = param(params, 'type');
  const baseCoin = param(params, 'baseCoin');
  const category = param(params, 'category') ?? 'linear';
  const rows = transactionLog(books, account)
    .filter((row) => within(range, row.atMs) && (type === undefined || row.type === type))
    .filter((row) => baseCoin === undefined || row.baseCoin === baseCoin)
    .filter((row) => category === 'linear' && (!params['category'] || row.symbol !== ''));
  const page = pageOf(rows, ({ id }) => id, params, 20, 50);
  return ok({ nextPageCursor: page.nextPageCursor, list: page.rows.map(({ row }) => row) });
}

function coins({ books, params }: PrivateCall): Reply {
  const names = ['USDT', ...[...books.markets.values()].map((market) => baseOf(market.symbol))];
  const wanted = param(params, 'coin');
  const rows = [...new Set(names)]
    .filter((name) => wanted === undefined || name === wanted)
    .map((name) => ({ name, coin: name, remainAmount: '10000000', chains: [chain(name)] }));
  return { retMsg: 'success', result: { rows } };
}

/** Coins neither come nor go here, which their one chain says. */
const chain = (coin: string): object => ({
  chainType: coin,
  confirmation: '1',
  withdrawFee: '0',
  depositMin: '0',
  withdrawMin: '0',
  chain: coin,
  chainDeposit: '0',
  chainWithdraw: '0',
  minAccuracy: '8',
  withdrawPercentageFee: '0',
  contractAddress: '',
  safeConfirmNumber: '1',
  withdrawMax: '0',
});
