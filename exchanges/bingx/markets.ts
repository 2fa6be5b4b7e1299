/** BingX's contracts list and the rules in it. */
import type { z } from 'zod';
import { isDecimal, lt, max, type Decimal } from '../../domain/decimal.ts';
import type { MarketRules, Symbol } from '../../domain/terms.ts';
import { createMarketList, type Market, type Markets } from '../market-list.ts';
import type { BingxApi } from './api.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { contractRow, contractsBody } from './wire.ts';

export const createMarkets = (api: BingxApi): Markets =>
  createMarketList({ name: api.name, load: () => fetchMarkets(api), plainSymbol, plainId });

async function fetchMarkets(api: BingxApi): Promise<Market[]> {
  const body = await api.read('contracts', 'contracts', {});
  const { data } = readBody('contracts', body, contractsBody);
  // One odd listing must not stop trading in all the others.
  const { rows, problems } = readRows<typeof contractRow, Market>(
    'contract',
    data,
    contractRow,
    (row, index) => {
      const rules = rulesOf(row);
      if (!rules) return { problem: `${row.symbol} has no usable steps` };
      const { symbol } = api.client.parseMarket(data[index]);
      return { id: row.symbol, symbol, rules: { ...rules, symbol }, tradable: isTradable(row) };
    },
  );
  if (problems.length > 0)
    api.log.warn({ problems: problems.slice(0, 5) }, 'some BingX contracts were not understood');
  if (rows.length === 0) wholeRows('contracts', { rows, problems: [...problems, 'no contract'] });
  return rows;
}

type ContractRow = z.output<typeof contractRow>;

/** Steps as given, else from the number of decimals; a minimum below one lot is one lot. */
function rulesOf(row: ContractRow): Omit<MarketRules, 'symbol'> | undefined {
  const tickSize = row.tickSize ?? stepOf(row.pricePrecision);
  const lotSize = row.stepSize ?? stepOf(row.quantityPrecision);
  if (tickSize === undefined || lotSize === undefined) return undefined;
  const minimum = row.minQty ?? row.tradeMinQuantity ?? lotSize;
  const rules = {
    tickSize,
    lotSize,
    minQuantity: max(minimum, lotSize),
    minNotional: row.minNotional ?? row.tradeMinUSDT ?? '0',
  };
  return row.maxQty === undefined ? rules : { ...rules, maxQuantity: row.maxQty };
}

const MAX_DECIMALS = 18;

/** `"4"` decimals is a step of `"0.0001"`. */
function stepOf(decimals: Decimal | undefined): Decimal | undefined {
  if (decimals === undefined || !isDecimal(decimals) || lt(decimals, '0')) return undefined;
  const places = Number(decimals);
  if (!Number.isInteger(places) || places > MAX_DECIMALS) return undefined;
  return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
}

/** Status 1 is trading; others are halted, announced or delisted. */
const isTradable = (row: ContractRow): boolean =>
  (row.status === undefined || row.status === '1') && row.apiStateOpen !== false;

function plainSymbol(id: string): Symbol {
  const [base = id, quote = 'USDT'] = id.split('-');
  return `${base}/${quote}:${quote}`;
}

function plainId(symbol: Symbol): string {
  const [pair = symbol] = symbol.split(':');
  return pair.replace('/', '-');
}
