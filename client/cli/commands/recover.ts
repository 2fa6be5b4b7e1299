/** `holdfast recover`: finds closed positions that the journal lacks in the exchange's history, and writes them. */
import { InvalidArgumentError, type Command } from 'commander';
import { accountConfig } from '../../../config/account.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Side, Symbol } from '../../../domain/terms.ts';
import type { BotRecord, Unreadable } from '../../migrate/record.ts';
import { readRecord } from '../../migrate/read-record.ts';
import {
  amountArgument,
  chosenAccount,
  countArgument,
  sideArgument,
  symbolArgument,
  timeArgument,
  utcOffsetArgument,
} from '../arguments.ts';
import { confirmLive } from '../confirm.ts';
import type { Context, Session } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { readRecords } from '../migrate/read-file.ts';
import { judge, readSides } from '../recover/look.ts';
import { chooseRows } from '../recover/records.ts';
import { recoveryText, type Recovery } from '../recover/report.ts';
import { writeRows } from '../recover/write.ts';
import { addWhere, withSession, type Where } from '../where.ts';

type Options = Where & {
  account?: string;
  symbol?: Symbol;
  since?: string;
  days?: number;
  trade?: string;
  orderId?: string;
  positionId?: string;
  side?: Side;
  entryPrice?: Decimal;
  quantity?: Decimal;
  entryTime?: string;
  utcOffset?: string;
  execute?: boolean;
  yes?: boolean;
  json?: boolean;
};

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
/** No exchange keeps executions for longer. */
const MAX_DAYS = 180;
/** What an old record tells of was closed after it was opened, at some time until now. */
const BEFORE_ENTRY_MS = 60 * 60_000;

export function addRecover(program: Command, context: Context): void {
  const command = program
    .command('recover')
    .description("Find closed positions that the journal lacks, in the exchange's history")
    .option('-a, --account <name>', 'which account; needed where there are several')
    .option('--symbol <symbol>', 'of one symbol only', symbolArgument)
    .option('--since <time>', 'closed then or later, e.g. 2026-01-31', timeArgument)
    .option('--days <count>', `closed in so many days (default: ${DEFAULT_DAYS})`, countArgument)
    .option('--execute', 'write the missing rows; without it nothing is changed')
    .option('-y, --yes', 'do not ask, on a live account either')
    .option('--json', 'as JSON, see docs/cli.md')
    .optionsGroup("One lost trade, by an older bot's record:")
    .option('--trade <file>', 'its record, or its state with a list of them')
    .option('--order-id <id>', 'the entry order')
    .option('--position-id <id>', "the exchange's id of the position")
    .option('--side <side>', 'long or short', sideArgument)
    .option('--entry-price <price>', 'average entry', amountArgument)
    .option('--quantity <amount>', 'in base units', amountArgument)
    .option('--entry-time <time>', 'ISO 8601, or seconds or milliseconds since 1970')
    .option('--utc-offset <offset>', 'of times that name no zone, e.g. +09:00', utcOffsetArgument);
  addWhere(command).action((options: Options) =>
    withSession(context.session(options), (session) => recover(context, session, options)),
  );
}

async function recover(context: Context, session: Session, options: Options): Promise<void> {
  const account = chosenAccount(session.config, options.account);
  const { mode } = accountConfig(session.config, account);
  const wanted = recordsOf(options);
  const symbols = wanted
    ? wanted.records.map(({ symbol }) => symbol)
    : options.symbol
      ? [options.symbol]
      : undefined;
  const untilMs = context.now();
  const span = { sinceMs: sinceOf(options, wanted?.records ?? [], untilMs), untilMs };
  const sides = await readSides(session, account, { span, ...(symbols && { symbols }) }, untilMs);
  const chosen =
    wanted && (await chooseRows(await session.exchange(account), wanted.records, sides.histories));
  const judged = await judge(session, sides, chosen?.rows);
  const found: Recovery = {
    ...judged,
    account,
    mode,
    sinceAt: new Date(span.sinceMs).toISOString(),
    untilAt: new Date(untilMs).toISOString(),
    symbols: sides.symbols,
    notAsked: sides.notAsked,
    unmatched: [...(wanted?.unreadable ?? []), ...(chosen?.unmatched ?? [])],
    executed: false,
    written: [],
  };
  const report = options.execute ? await execute(context, session, found, options) : found;
  context.out(options.json ? JSON.stringify(report, null, 2) : recoveryText(report, context));
  if (report.unclear.length + report.unmatched.length > 0) context.exitCode = EXIT.found;
  if (report.failures.length > 0) context.exitCode = EXIT.unreachable;
}

async function execute(
  context: Context,
  session: Session,
  found: Recovery,
  { yes }: Options,
): Promise<Recovery> {
  const { missing, account, mode } = found;
  const what = `write ${missing.length} recovered ${missing.length === 1 ? 'trade' : 'trades'} of ${account} into the journal`;
  if (missing.length > 0 && !(await confirmLive(context, mode, what, yes))) return found;
  return { ...found, executed: true, written: await writeRows(session, account, missing) };
}

/** Undefined: every closed position is meant. */
function recordsOf(options: Options): { records: BotRecord[]; unreadable: Unreadable[] } | undefined {
  if (options.trade !== undefined) {
    const { records, unreadable } = readRecords(options.trade, options.utcOffset);
    return {
      records: records.filter(({ symbol }) => [symbol, undefined].includes(options.symbol)),
      unreadable,
    };
  }
  const { symbol, side, orderId, positionId, entryPrice, quantity, entryTime, utcOffset } = options;
  if ([orderId, positionId, entryPrice, quantity, entryTime].every((each) => each === undefined))
    return undefined;
  if (symbol === undefined)
    throw new InvalidArgumentError('Say of which symbol the lost trade is: --symbol BTC-USDT.');
  const fields = { symbol, side, orderId, positionIdExchange: positionId, entryPrice, quantity, entryTime };
  const reading = readRecord(fields, 'the command line', utcOffset);
  if ('unreadable' in reading) throw new InvalidArgumentError(`${reading.unreadable.why}.`);
  return { records: [reading.record], unreadable: [] };
}

function sinceOf({ since, days }: Options, records: readonly BotRecord[], nowMs: number): number {
  const earliestMs = nowMs - MAX_DAYS * DAY_MS;
  if (since === undefined && days === undefined && records.length > 0) {
    const entries = records.map(({ entryAtMs }) => entryAtMs ?? nowMs - DEFAULT_DAYS * DAY_MS);
    return Math.max(Math.min(...entries) - BEFORE_ENTRY_MS, earliestMs);
  }
  const sinceMs = since === undefined ? nowMs - (days ?? DEFAULT_DAYS) * DAY_MS : Date.parse(since);
  if (sinceMs > nowMs) throw new InvalidArgumentError(`${since} is yet to come.`);
  if (sinceMs >= earliestMs) return sinceMs;
  throw new InvalidArgumentError(
    `Exchanges keep executions for ${MAX_DAYS} days: say --days ${MAX_DAYS} at most.`,
  );
}
