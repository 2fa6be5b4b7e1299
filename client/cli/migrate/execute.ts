/** Carries the plan out in its order: what is open comes first in it. */
import { accountConfig } from '../../../config/account.ts';
import { recoveredTrade } from '../../../domain/audit/recovered-trade.ts';
import { endingOf } from '../../../exchanges/ending.ts';
import { HoldfastError } from '../../errors.ts';
import type { MigrationItem } from '../../migrate/migration.ts';
import type { Context, Session } from '../context.ts';
import { textOf } from '../recover/history.ts';
import { writeRows } from '../recover/write.ts';

/** `done` is null for what there was nothing to do for. */
export type Outcome = MigrationItem & { done: boolean | null; error: string | null };

export const TO_DO: readonly MigrationItem['step'][] = ['take_over', 'set_protection', 'write_trade'];
/** A position that was just taken over is covered within seconds. */
const COVERED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** One that fails leaves the others; it is told, and is there again in the next run. */
export async function executePlan(
  session: Session,
  account: string,
  items: readonly MigrationItem[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const item of items) {
    if (!TO_DO.includes(item.step)) {
      outcomes.push({ ...item, done: null, error: null });
      continue;
    }
    try {
      outcomes.push({ ...item, ...(await perform(session, account, item)), done: true, error: null });
    } catch (error) {
      outcomes.push({ ...item, done: false, error: textOf(error) });
    }
  }
  return outcomes;
}

async function perform(
  session: Session,
  account: string,
  item: MigrationItem,
): Promise<Partial<MigrationItem>> {
  const { holdfast } = session;
  if (item.request) {
    const { workflowId } = await holdfast.adopt(account, item.request);
    return { workflowId };
  }
  if (item.protection && item.workflowId !== undefined) {
    await holdfast.setProtection({ workflowId: item.workflowId }, item.protection);
    return {};
  }
  await writeTrade(session, account, item);
  return {};
}

async function writeTrade(session: Session, account: string, item: MigrationItem): Promise<void> {
  if (!item.closed) return;
  const { name, exchange, mode } = accountConfig(session.config, account);
  const { row, besides } = await endingOf(await session.exchange(account), item.closed);
  const entry = item.entryOrderId === undefined ? {} : { entryOrderId: item.entryOrderId };
  const trade = recoveredTrade({ account: name, exchange, mode }, row, { ...besides, ...entry });
  if (!trade) throw new HoldfastError('unexpected', 'the exchange names no time of it');
  await writeRows(session, account, [trade]);
}

/** Waits until what was taken over is covered; the workflow ids of what is not, by then. */
export async function uncovered(
  context: Pick<Context, 'pause' | 'now'>,
  { holdfast }: Pick<Session, 'holdfast'>,
  account: string,
  outcomes: readonly Outcome[],
): Promise<string[]> {
  const taken = outcomes.flatMap(({ step, done, workflowId }) =>
    step === 'take_over' && done === true && workflowId !== undefined ? [workflowId] : [],
  );
  const untilMs = context.now() + COVERED_WITHIN_MS;
  for (;;) {
    const views = taken.length === 0 ? [] : await holdfast.positions(account);
    const naked = taken.filter(
      (id) => !views.some(({ workflowId, covered }) => workflowId === id && covered),
    );
    if (naked.length === 0 || context.now() >= untilMs || !(await context.pause(LOOK_EVERY_MS))) return naked;
  }
}
