/** Holdfast for programs: open, watch, protect and close positions. The command line uses it too. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { accountWorkflowId, positionWorkflowId } from '../contract/ids.ts';
import {
  accountStatus,
  adopt,
  close,
  openPosition,
  pause,
  resume,
  setProtection,
  status,
  type AccountView,
  type AdoptAnswer,
  type AdoptRequest,
  type ClosePositionRequest,
  type OpenPositionAnswer,
  type OpenPositionRequest,
  type SetProtectionRequest,
} from '../contract/messages.ts';
import type { SyncInput } from '../contract/sync.ts';
import type { AdoptionPolicy } from '../domain/commands.ts';
import type { Diagnosis } from '../domain/audit/diagnosis.ts';
import type { AccountSnapshot } from '../domain/exchange-truth.ts';
import type { SyncReport } from '../domain/audit/sync-report.ts';
import type { PositionView } from '../domain/view.ts';
import type {
  BalanceQuery,
  BalanceRecord,
  JournalReader,
  Reconciliation,
  ReconciliationQuery,
  TradeQuery,
  TradeRow,
} from '../journal/journal.ts';
import { check, type CheckResult } from './check.ts';
import { examine } from './diagnose.ts';
import { createLanes } from './lanes.ts';
import { HoldfastError, type HoldfastErrorCode } from './errors.ts';
import { mapBounded } from './map-bounded.ts';
import { choose, statedWorkflowId, type PositionRef } from './position-ref.ts';
import { MAX_LISTED, runningPositions } from './running-positions.ts';
import { sourcesOf, type ReadClosed } from './sources.ts';
import { createWire, type Wire, type WireTimeouts } from './wire.ts';

export type HoldfastOptions = {
  client: Client;
  /** With it, lists come from the journal's projection and cost one read; without it, from the workflows. */
  journal?: JournalReader;
  /** What `check` compares with: one complete reading of an account at its exchange. */
  snapshot?: (account: string) => Promise<AccountSnapshot>;
  /** Where `diagnose` finds what was closed: positions of one symbol that ended since then. */
  closedPositions?: ReadClosed;
  timeouts?: WireTimeouts;
};

/** A position, and whether its workflow said so itself or the journal did in its place. */
export type Shown =
  | { position: PositionView; answeredBy: 'workflow' }
  /** `updatedAt` of the position tells how old this is; `because` why its workflow did not answer. */
  | { position: PositionView; answeredBy: 'projection'; because: HoldfastErrorCode };

/** Every method throws `HoldfastError` and nothing else. */
export type Holdfast = {
  /** Opens a position through its account's limits; answers when the entry is on record. */
  openPosition(account: string, request: OpenPositionRequest): Promise<OpenPositionAnswer>;
  /** Changes stop and target; answers with the position as it then stands. */
  setProtection(ref: PositionRef, request: SetProtectionRequest): Promise<PositionView>;
  /** Closes the whole position, or a part, at market. */
  close(ref: PositionRef, request?: ClosePositionRequest): Promise<PositionView>;
  /** One position, asked from its workflow, else as last written down. */
  show(ref: PositionRef): Promise<Shown>;
  /** All open positions, ordered by account, symbol and leg. */
  positions(account?: string): Promise<PositionView[]>;
  account(account: string): Promise<AccountView>;
  /** No new entries until `resume`; open positions are kept and protected. */
  pause(account: string, reason?: string): Promise<AccountView>;
  resume(account: string): Promise<AccountView>;
  /** Takes up a position that the exchange holds and no workflow keeps. */
  adopt(account: string, request: AdoptRequest): Promise<AdoptAnswer>;
  /** Compares an account with its exchange; changes nothing. */
  check(account: string): Promise<CheckResult>;
  /** The same in full, with orders and journal; neither a worker nor a server has to run. `days` of history. */
  diagnose(account: string, options?: { days?: number }): Promise<Diagnosis>;
  /** Brings accounts and their exchanges together, and waits until they are, or for minutes at most. */
  sync(request: SyncRequest): Promise<SyncReport>;
  /** What earlier comparisons of all accounts found and did, the newest first. */
  syncReports(limit?: number): Promise<SyncReport[]>;
  trades(query?: TradeQuery): Promise<TradeRow[]>;
  /** What was brought in line with the exchange, the newest first. */
  reconciliations(query?: ReconciliationQuery): Promise<Reconciliation[]>;
  /** What accounts were worth, the newest first. */
  balances(query?: BalanceQuery): Promise<BalanceRecord[]>;
};

/** `policy`: under which positions are taken up; absent: as each account is configured. */
export type SyncRequest = { accounts: readonly string[]; policy?: AdoptionPolicy };

/** Longer than every account may take. */
const SYNC_TIMEOUT_MS = 6 * 60_000;
/** How many workflows are asked at once where no journal is at hand. */
const QUERY_CONCURRENCY = 8;
/** Temporal takes ten updates of one workflow at a time; a burst of entries waits here for its turn. */
const ENTRIES_IN_FLIGHT = 8;

export function createHoldfast({
  client,
  journal,
  snapshot,
  closedPositions,
  timeouts,
}: HoldfastOptions): Holdfast {
  return createFacade({
    wire: createWire(client, timeouts),
    ...(journal && { journal }),
    ...(snapshot && { snapshot }),
    ...(closedPositions && { closedPositions }),
  });
}

export type FacadeParts = { wire: Wire; recheckMs?: number } & Pick<
  HoldfastOptions,
  'journal' | 'snapshot' | 'closedPositions'
>;

/** The facade over any wire: tests bring one of their own. */
export function createFacade(parts: FacadeParts): Holdfast {
  const { wire } = parts;
  const entries = createLanes(ENTRIES_IN_FLIGHT);
  const idOf = async (ref: PositionRef): Promise<string> =>
    statedWorkflowId(ref) ?? (await lookUp(parts, ref));
  return {
    openPosition: (account, request) => {
      const requestId = request.requestId ?? randomUUID();
      // Not as the update's id too: Temporal keeps an id's first outcome, so what was refused once for
      // an exchange that was away would be refused for ever.
      return entries(account, () =>
        wire.update(accountWorkflowId(account), openPosition, [{ ...request, requestId }]),
      );
    },
    setProtection: async (ref, request) => wire.update(await idOf(ref), setProtection, [request]),
    close: async (ref, request = {}) => wire.update(await idOf(ref), close, [request]),
    show: async (ref) => show(parts, await idOf(ref)),
    positions: (account) => positions(parts, account),
    account: (account) => wire.query(accountWorkflowId(account), accountStatus),
    pause: (account, reason) =>
      wire.update(accountWorkflowId(account), pause, [reason === undefined ? {} : { reason }]),
    resume: (account) => wire.update(accountWorkflowId(account), resume, []),
    adopt: (account, request) =>
      entries(account, () =>
        wire.update(accountWorkflowId(account), adopt, [
          { ...request, requestId: request.requestId ?? randomUUID() },
        ]),
      ),
    diagnose: (account, options) => diagnose(parts, account, options),
    sync: (request) => sync(parts, request),
    syncReports: (limit) =>
      fromJournal(parts, (journal) => journal.syncReports(limit === undefined ? {} : { limit })),
    check: (account) => check(parts, account, () => positions(parts, account)),
    trades: (query) => fromJournal(parts, (journal) => journal.trades(query)),
    reconciliations: (query) => fromJournal(parts, (journal) => journal.reconciliations(query)),
    balances: (query) => fromJournal(parts, (journal) => journal.balances(query)),
  };
}

async function lookUp(parts: FacadeParts, ref: PositionRef): Promise<string> {
  if ('workflowId' in ref) return ref.workflowId;
  const chosen = choose(ref, await positions(parts, ref.account));
  return positionWorkflowId(chosen);
}

async function show({ wire, journal }: FacadeParts, workflowId: string): Promise<Shown> {
  try {
    return { position: await wire.query<PositionView>(workflowId, status), answeredBy: 'workflow' };
  } catch (error) {
    if (
      !(error instanceof HoldfastError) ||
      !['no_worker', 'no_answer', 'server_unreachable'].includes(error.code)
    )
      throw error;
    const written = await journal?.positions();
    const position = written?.find((view) => view.workflowId === workflowId);
    if (position === undefined) throw error;
    return { position, answeredBy: 'projection', because: error.code };
  }
}

async function positions(
  { wire, journal }: FacadeParts,
  account: string | undefined,
): Promise<PositionView[]> {
  if (journal) return journal.positions(account);
  const running = await runningPositions(wire, account, MAX_LISTED);
  const views = await mapBounded(running, QUERY_CONCURRENCY, ({ workflowId }) =>
    wire.query<PositionView>(workflowId, status),
  );
  return views.sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));
}

const DAY_MS = 24 * 60 * 60_000;

async function diagnose(
  parts: FacadeParts,
  account: string,
  { days }: { days?: number } = {},
): Promise<Diagnosis> {
  const sources = sourcesOf(parts, account, () => positions(parts, account));
  const { diagnosis } = await examine(sources, {
    account,
    ...(days !== undefined && { historyMs: days * DAY_MS }),
    ...(parts.recheckMs !== undefined && { recheckMs: parts.recheckMs }),
  });
  return diagnosis;
}

const sync = ({ wire }: FacadeParts, { accounts, policy }: SyncRequest): Promise<SyncReport> => {
  const input: SyncInput = {
    version: 1,
    accounts: [...accounts],
    execute: true,
    cause: 'request',
    policy: policy ?? null,
  };
  return wire.run('sync', `sync/${randomUUID()}`, [input], SYNC_TIMEOUT_MS);
};

function fromJournal<T>({ journal }: FacadeParts, read: (journal: JournalReader) => Promise<T>): Promise<T> {
  if (journal) return read(journal);
  return Promise.reject(
    new HoldfastError(
      'no_journal',
      'There is no journal here yet. It is made by the first npm start; name its folder with --data.',
    ),
  );
}
