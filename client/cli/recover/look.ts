/** Looks for closed positions of an account that the journal lacks: in the exchange's history, whole. */
import { accountConfig } from '../../../config/account.ts';
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import { findLost, type LostTrades } from '../../../domain/audit/lost-trades.ts';
import { recoveredTrade } from '../../../domain/audit/recovered-trade.ts';
import type { Symbol } from '../../../domain/terms.ts';
import { endingOf } from '../../../exchanges/ending.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import type { TradeRow } from '../../../journal/journal.ts';
import { HoldfastError } from '../../errors.ts';
import type { Session } from '../context.ts';
import { readHistories, textOf, type History, type Span } from './history.ts';
import { keptPositions, type KeptPositions } from './kept.ts';

/** So many markets are all asked; of more, those that this account is known to have to do with. */
const ALL_ASKED = 50;
/** More trades than an account makes; a journal is read whole, as rows without an end are in no span. */
export const MAX_TRADES = 100_000;

export type Failure = { symbol: Symbol; why: string };

/** Both sides of an account: what its exchange closed, and what is known here. */
export type Sides = {
  account: string;
  span: Span;
  symbols: Symbol[];
  /** Listed at the exchange and not asked for. */
  notAsked: number;
  histories: History[];
  trades: TradeRow[];
} & KeptPositions;

export type Judged = Omit<LostTrades, 'lost'> & {
  /** The missing rows, as they would be written. */
  missing: TradeRow[];
  failures: Failure[];
};

export async function readSides(
  session: Session,
  account: string,
  { span, symbols }: { span: Span; symbols?: readonly Symbol[] },
  nowMs: number,
): Promise<Sides> {
  const exchange = await session.exchange(account);
  const [trades, kept] = await Promise.all([
    tradesOf(session, account),
    keptPositions(session, account, nowMs),
  ]);
  const known = [
    ...Object.keys(accountConfig(session.config, account).symbols),
    ...trades.map(({ symbol }) => symbol),
    ...kept.kept.map(({ symbol }) => symbol),
  ];
  const listed = symbols ? [] : await listedSymbols(exchange, account);
  const asked =
    symbols ?? (listed.length <= ALL_ASKED ? listed : listed.filter((each) => known.includes(each)));
  return {
    account,
    span,
    symbols: [...asked],
    notAsked: listed.length === 0 ? 0 : listed.length - asked.length,
    histories: await readHistories(exchange, [...new Set(asked)], span),
    trades,
    ...kept,
  };
}

async function listedSymbols(exchange: Pick<Exchange, 'symbols'>, account: string): Promise<Symbol[]> {
  try {
    return await exchange.symbols();
  } catch (error) {
    const text = `The exchange of account ${account} does not answer: ${textOf(error)}`;
    throw new HoldfastError('exchange_unreachable', text, { cause: error });
  }
}

async function tradesOf({ holdfast }: Pick<Session, 'holdfast'>, account: string): Promise<TradeRow[]> {
  try {
    return await holdfast.trades({ account, limit: MAX_TRADES });
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'no_journal') return [];
    throw error;
  }
}

/**
 * Which rows are missing. A row whose end could not be looked at is a failure and no row, as a reason that
 * was written once stands.
 *
 * @param chosen only these rows, with what a record knows besides
 */
export async function judge(
  session: Session,
  sides: Sides,
  chosen?: ReadonlyMap<ClosedPosition, string | null>,
): Promise<Judged> {
  const exchange = await session.exchange(sides.account);
  const { name, exchange: exchangeName, mode } = accountConfig(session.config, sides.account);
  const rows = sides.histories.flatMap((history) => history.rows);
  const found = findLost(rows, sides.trades, sides.kept);
  const isMeant = (row: ClosedPosition): boolean => chosen === undefined || chosen.has(row);
  const unclear = found.unclear.filter(({ row }) => isMeant(row));
  const left = found.left.filter(({ row }) => isMeant(row));
  const failures = sides.histories.flatMap(({ symbol, failure }) =>
    failure === null ? [] : [{ symbol, why: failure }],
  );
  const missing: TradeRow[] = [];
  for (const row of found.lost.filter(isMeant)) {
    try {
      const ending = await endingOf(exchange, row);
      const entryOrderId = chosen?.get(row) ?? undefined;
      const besides = { ...ending.besides, ...(entryOrderId !== undefined && { entryOrderId }) };
      const trade = recoveredTrade({ account: name, exchange: exchangeName, mode }, ending.row, besides);
      if (trade) missing.push(trade);
      else unclear.push({ row, why: 'the exchange names no time of it' });
    } catch (error) {
      failures.push({ symbol: row.symbol, why: `who closed it cannot be read now: ${textOf(error)}` });
    }
  }
  return { known: found.known, unclear, left, missing, failures };
}
