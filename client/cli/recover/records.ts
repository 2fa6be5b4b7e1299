/** Which closed position each record of an older bot tells of: exactly one, or none is taken. */
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import { matchRecord } from '../../../domain/audit/record-match.ts';
import type { MarketRules, Symbol } from '../../../domain/terms.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import type { BotRecord } from '../../migrate/record.ts';
import type { History } from './history.ts';

export type Chosen = {
  /** With the entry order that the record names. */
  rows: Map<ClosedPosition, string | null>;
  unmatched: { place: string; why: string }[];
};

export async function chooseRows(
  exchange: Pick<Exchange, 'marketRules'>,
  records: readonly BotRecord[],
  histories: readonly History[],
): Promise<Chosen> {
  const chosen: Chosen = { rows: new Map(), unmatched: [] };
  const rules = await rulesOf(exchange, [...new Set(records.map(({ symbol }) => symbol))]);
  for (const record of records) {
    const market = rules.get(record.symbol);
    const history = histories.find(({ symbol }) => symbol === record.symbol);
    if (!market || !history || history.failure !== null) {
      chosen.unmatched.push({
        place: record.place,
        why: `the history of ${record.symbol} could not be read`,
      });
      continue;
    }
    const found = matchRecord(record, history.rows, market);
    if (found.match === 'one') chosen.rows.set(found.row, record.entryOrderId);
    else chosen.unmatched.push({ place: record.place, why: whyNot(found, record) });
  }
  return chosen;
}

const whyNot = (
  found: Exclude<ReturnType<typeof matchRecord>, { match: 'one' }>,
  { remarks }: BotRecord,
): string =>
  [
    found.match === 'none'
      ? found.why
      : `${found.rows.length} closed positions fit it alike, so none is taken`,
    ...remarks,
  ].join('; ');

/** Of those symbols whose rules can be read. */
export async function rulesOf(
  exchange: Pick<Exchange, 'marketRules'>,
  symbols: readonly Symbol[],
): Promise<Map<Symbol, MarketRules>> {
  const read = await Promise.allSettled(symbols.map((symbol) => exchange.marketRules(symbol)));
  return new Map(
    read.flatMap((each): [Symbol, MarketRules][] =>
      each.status === 'fulfilled' ? [[each.value.symbol, each.value]] : [],
    ),
  );
}
