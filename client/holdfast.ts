/** Holdfast for programs: open, watch, protect and close positions. The command line uses it too. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { accountWorkflowId, parsePositionWorkflowId } from '../contract/ids.ts';
import {
  accountStatus,
  adopt,
  cancelOrders,
  close,
  handleEntryFill,
  mergeTranches,
  openPosition,
  pause,
  resume,
  setProtection,
} from '../contract/messages.ts';
import type { SyncInput } from '../contract/sync.ts';
import type { Diagnosis } from '../domain/audit/diagnosis.ts';
import type { AccountSnapshot } from '../domain/exchange-truth.ts';
import type { SyncReport } from '../domain/audit/sync-report.ts';
import type { PositionView } from '../domain/view.ts';
import type { JournalReader } from '../journal/journal.ts';
import { sendTranche } from './add-tranche.ts';
import type { Holdfast, SyncRequest } from './api.ts';
import { check } from './check.ts';
import { closeEach } from './close-all.ts';
import { examine } from './diagnose.ts';
import { createLanes } from './lanes.ts';
import { HoldfastError } from './errors.ts';
import { everyPosition, openPositions, showPosition, workflowIdOf } from './open-positions.ts';
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

/** Longer than every account may take. */
const SYNC_TIMEOUT_MS = 6 * 60_000;
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

/** `recheckMs`, `askEveryMs`: how long `diagnose` waits for a second look; how often a change is asked for. */
export type FacadeParts = { wire: Wire; recheckMs?: number; askEveryMs?: number } & Pick<
  HoldfastOptions,
  'journal' | 'snapshot' | 'closedPositions'
>;

/** The facade over any wire: tests bring one of their own. */
export function createFacade(parts: FacadeParts): Holdfast {
  const entries = createLanes(ENTRIES_IN_FLIGHT);
  return { ...ofAccounts(parts, entries), ...ofPositions(parts, entries), ...ofRecords(parts) };
}

type Entries = ReturnType<typeof createLanes>;

function ofAccounts({ wire }: FacadeParts, entries: Entries) {
  return {
    openPosition: (account, request) => {
      const requestId = request.requestId ?? randomUUID();
      // Not as the update's id too: Temporal keeps an id's first outcome, so what was refused once for
      // an exchange that was away would be refused for ever.
      return entries(account, () =>
        wire.update(accountWorkflowId(account), openPosition, [{ ...request, requestId }]),
      );
    },
    adopt: (account, request) =>
      entries(account, () =>
        wire.update(accountWorkflowId(account), adopt, [
          { ...request, requestId: request.requestId ?? randomUUID() },
        ]),
      ),
    account: (account) => wire.query(accountWorkflowId(account), accountStatus),
    pause: (account, reason) =>
      wire.update(accountWorkflowId(account), pause, [reason === undefined ? {} : { reason }]),
    resume: (account) => wire.update(accountWorkflowId(account), resume, []),
    sync: (request) => sync(wire, request),
  } satisfies Partial<Holdfast>;
}

function ofPositions(parts: FacadeParts, entries: Entries) {
  const { wire, askEveryMs } = parts;
  return {
    show: async (ref) => showPosition(parts, await workflowIdOf(parts, ref)),
    positions: (account) => listed(parts, account),
    setProtection: async (ref, request) =>
      wire.update(await workflowIdOf(parts, ref), setProtection, [request]),
    close: async (ref, request = {}) => wire.update(await workflowIdOf(parts, ref), close, [request]),
    closeAll: async (account, options = {}) =>
      closeEach(wire, await everyPosition(parts, account), options, askEveryMs),
    addTranche: async (ref, request) => {
      const workflowId = await workflowIdOf(parts, ref);
      const account = parsePositionWorkflowId(workflowId)?.account ?? '';
      return entries(account, () => sendTranche(wire, workflowId, request, askEveryMs));
    },
    mergeTranches: async (ref, request = {}) =>
      wire.update(await workflowIdOf(parts, ref), mergeTranches, [request]),
    cancelOrders: async (ref, request = {}) =>
      wire.update(await workflowIdOf(parts, ref), cancelOrders, [request]),
    handleEntryFill: async (ref, request = {}) =>
      wire.update(await workflowIdOf(parts, ref), handleEntryFill, [request]),
  } satisfies Partial<Holdfast>;
}

function ofRecords(parts: FacadeParts) {
  return {
    check: (account) => check(parts, account, () => openPositions(parts, account)),
    diagnose: (account, options) => diagnose(parts, account, options),
    syncReports: (limit) =>
      fromJournal(parts, (journal) => journal.syncReports(limit === undefined ? {} : { limit })),
    trades: (query) => fromJournal(parts, (journal) => journal.trades(query)),
    reconciliations: (query) => fromJournal(parts, (journal) => journal.reconciliations(query)),
    balances: (query) => fromJournal(parts, (journal) => journal.balances(query)),
  } satisfies Partial<Holdfast>;
}

const DAY_MS = 24 * 60 * 60_000;

async function diagnose(
  parts: FacadeParts,
  account: string,
  { days }: { days?: number } = {},
): Promise<Diagnosis> {
  const sources = sourcesOf(parts, account, () => openPositions(parts, account));
  const { diagnosis } = await examine(sources, {
    account,
    ...(days !== undefined && { historyMs: days * DAY_MS }),
    ...(parts.recheckMs !== undefined && { recheckMs: parts.recheckMs }),
  });
  return diagnosis;
}

/** A list answers without a server, too; with one, it has what was opened a moment ago and is not written down. */
const LISTED_WITHIN_MS = 500;

const listed = (parts: FacadeParts, account: string | undefined): Promise<PositionView[]> =>
  parts.journal ? everyPosition(parts, account, LISTED_WITHIN_MS) : openPositions(parts, account);

const sync = (wire: Wire, { accounts, policy }: SyncRequest): Promise<SyncReport> => {
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
