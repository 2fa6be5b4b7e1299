/** Reads everything that an older bot's records are compared with, and plans what becomes of them. */
import { accountConfig } from '../../../config/account.ts';
import type { AccountSnapshot } from '../../../domain/exchange-truth.ts';
import { findLost } from '../../../domain/audit/lost-trades.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { HoldfastError } from '../../errors.ts';
import type { MigrationItem } from '../../migrate/migration.ts';
import { planMigration } from '../../migrate/plan.ts';
import type { BotRecord } from '../../migrate/record.ts';
import type { Session } from '../context.ts';
import { textOf } from '../recover/history.ts';
import { readSides } from '../recover/look.ts';
import { rulesOf } from '../recover/records.ts';

const DAY_MS = 24 * 60 * 60_000;
/** For records that do not say when they began. */
const DEFAULT_DAYS = 30;
const MAX_DAYS = 180;
/** A part of a snapshot may fail once. */
const READINGS = 3;

export async function compareRecords(
  session: Session,
  account: string,
  records: readonly BotRecord[],
  nowMs: number,
): Promise<MigrationItem[]> {
  const exchange = await session.exchange(account);
  const symbols = [...new Set(records.filter(({ ended }) => !ended).map(({ symbol }) => symbol))];
  const span = { sinceMs: beginningOf(records, nowMs), untilMs: nowMs };
  const rules = await rulesOf(exchange, symbols);
  const sides = await readSides(session, account, { span, symbols: [...rules.keys()] }, nowMs);
  // Last, so that it is the newest: what is open by now is taken over, whatever was read before.
  const snapshot = await wholeSnapshot(exchange, account);
  const histories = sides.histories.filter(({ failure }) => failure === null);
  const rows = histories.flatMap((history) => history.rows);
  return planMigration(records, {
    exchange: accountConfig(session.config, account).exchange,
    snapshot,
    views: sides.views,
    kept: sides.kept,
    histories: new Map(histories.map((history) => [history.symbol, history.rows])),
    lost: findLost(rows, sides.trades, sides.kept),
    rules,
  });
}

function beginningOf(records: readonly BotRecord[], nowMs: number): number {
  const begun = records
    .filter(({ ended }) => !ended)
    .map(({ entryAtMs }) => (entryAtMs ?? nowMs - DEFAULT_DAYS * DAY_MS) - DAY_MS);
  return Math.max(Math.min(nowMs - DAY_MS, ...begun), nowMs - MAX_DAYS * DAY_MS);
}

/** Throws `HoldfastError` `exchange_unreachable` unless the exchange answers in full. */
async function wholeSnapshot(
  exchange: Pick<Exchange, 'snapshot'>,
  account: string,
): Promise<AccountSnapshot> {
  let why = '';
  for (let reading = 1; reading <= READINGS; reading += 1) {
    try {
      const snapshot = await exchange.snapshot();
      if (snapshot.complete) return snapshot;
      why = snapshot.problems.join('; ');
    } catch (error) {
      why = textOf(error);
    }
  }
  throw new HoldfastError(
    'exchange_unreachable',
    `The exchange of account ${account} does not answer in full (${why}), so nothing can be said. Try again.`,
  );
}
