/**
 * The rows of the crash matrix: for every activity of a life, how a position is brought to the point
 * where that activity runs, and how the outside can tell that it does.
 */
import { positionWorkflowId } from '../../contract/ids.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import type { IntentRole } from '../../domain/position.ts';
import type { ExitReason } from '../../domain/view.ts';
import type { RequestMatch } from '../../venue/control/types.ts';
import type { Life } from '../support/agreement.ts';
import type { Activity } from '../support/history.ts';
import type { Processes } from '../support/processes.ts';
import { accountOn, legOn, WIRES, type TriedExchange, type Wire } from './wire-of.ts';

/** A market of its own for each round, so that a round's lives are the first of their legs. */
export type Round = {
  symbol: string;
  venueSymbol: string;
  quantity: string;
  /** Taken away by hand where a position is to differ. */
  part: string;
  /** Another stop than the first one. */
  stop: string;
  beyondTarget: string;
};

export type Scene = { processes: Processes; round: Round; wire: Wire; life: Life; workflowId: string };

export type Cell = {
  name: string;
  /** On which exchanges it is tried: those of which it asks something different. */
  on: readonly TriedExchange[];
  /** Merged into its account's configuration. */
  account?: Record<string, unknown>;
  /** Whether the position is open and protected before the trigger. */
  begins: 'flat' | 'open';
  exitReason: ExitReason;
  /** It comes about only while the account is watched. */
  watched?: true;
  /** Sets in motion what leads to the activity; its answer may get lost with the worker. */
  trigger(scene: Scene): Promise<unknown>;
  /** What the activity asks of the outside, and so how it can be caught. */
  touches:
    | { what: 'exchange'; request: WireRequest; after?: WireRequest; of?: 'all' }
    | { what: 'journal'; after?: WireRequest };
  /** What is on record once it was reported. */
  record: { activity(activity: Activity): boolean; type: string } | { signal: string };
};

/** One of the exchange's requests. */
export type WireRequest = (wire: Wire) => RequestMatch;

const BINGX = ['bingx'] as const;
const OTHERS = ['bybit', 'binance'] as const;
const ALL = [...BINGX, ...OTHERS] as const;
/** Where stop and target can leave in one request. */
const BATCHING = ['bingx', 'bybit'] as const;
const ONE_BY_ONE = { tp_sl_batch_enabled: false };

export const open = ({ processes, round, life }: Scene) =>
  processes.holdfast.openPosition(life.account, {
    symbol: round.symbol,
    side: 'long',
    quantity: round.quantity,
    stopLoss: { percent: '1' },
    takeProfit: { percent: '2' },
    requestId: `${life.account}/${round.symbol}`,
  });

const setStop = ({ processes, round, workflowId }: Scene) =>
  processes.holdfast.setProtection({ workflowId }, { stopLoss: { price: round.stop } });

const close = ({ processes, workflowId }: Scene) => processes.holdfast.close({ workflowId });

const byHand =
  (action: 'close' | 'reduce') =>
  ({ processes, round, life }: Scene) => {
    const leg = { account: life.account, symbol: round.venueSymbol, leg: life.leg };
    return processes.venue.control.trade({
      ...leg,
      action,
      ...(action === 'reduce' ? { quantity: round.part } : {}),
    });
  };

/** An entry that the exchange took and never answered: it has to be looked up. */
async function loseEntry(scene: Scene): Promise<unknown> {
  const match = { ...scene.wire.entry, account: scene.life.account };
  await scene.processes.venue.control.planFault({ kind: 'cut-after', match, count: 1 });
  return open(scene);
}

const named = (type: string): Cell['record'] => ({ type, activity: (activity) => activity.type === type });

const places = (role: IntentRole): Cell['record'] => ({
  type: 'placeOrder',
  activity({ type, input }) {
    // Only this activity's input is looked into, and it has this shape.
    const clientOrderId =
      type === 'placeOrder' ? (input as { request: { clientOrderId: string } }).request.clientOrderId : '';
    return parseClientOrderId(clientOrderId)?.role === role;
  },
});

const asks = (request: WireRequest, after?: WireRequest): Cell['touches'] => ({
  what: 'exchange',
  request,
  ...(after && { after }),
});
/** Stop and target in one request. Only asked of those exchanges that take it. */
const both: WireRequest = ({ both: request }) => {
  if (!request) throw new Error('this exchange takes no batch');
  return request;
};

const fromFlat = { begins: 'flat', exitReason: 'TAKE_PROFIT', trigger: open } as const;
const fromOpen = { begins: 'open', exitReason: 'TAKE_PROFIT' } as const;
const closing = { begins: 'open', exitReason: 'USER_CLOSE', trigger: close } as const;

/** What is set in motion at an open position, and ends within the same second or two. */
const OF_AN_OPEN_ONE: readonly Cell[] = [
  {
    name: 'observe',
    on: ALL,
    ...fromOpen,
    watched: true,
    trigger: byHand('reduce'),
    touches: asks(({ reading }) => reading),
    record: { signal: 'reconcile' },
  },
  {
    name: 'readEvidence',
    on: ALL,
    ...fromOpen,
    watched: true,
    exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
    trigger: byHand('close'),
    touches: asks(({ executions }) => executions),
    record: named('readEvidence'),
  },
  {
    name: 'placeOrder (close)',
    on: ALL,
    ...closing,
    touches: asks((wire) => wire.close),
    record: places('close'),
  },
  {
    name: 'cancelOrder',
    on: ALL,
    ...fromOpen,
    trigger: setStop,
    touches: asks(({ cancel }) => cancel),
    record: named('cancelOrder'),
  },
  {
    name: 'readFigures',
    on: ALL,
    ...closing,
    touches: asks(({ figures }) => figures),
    record: named('readFigures'),
  },
  {
    // A position without an id of its own needs no reading but to be seen flat.
    name: 'readLeg (flat)',
    on: OTHERS,
    ...closing,
    touches: asks(
      ({ reading }) => reading,
      (wire) => wire.close,
    ),
    record: named('readLeg'),
  },
];

/** Those that are left without a stop come last: where each is killed by itself, others follow. */
const OF_AN_ENTRY: readonly Cell[] = [
  {
    name: 'placeOrder (stop)',
    on: ALL,
    account: ONE_BY_ONE,
    ...fromFlat,
    touches: asks(({ stop }) => stop),
    record: places('stop'),
  },
  {
    name: 'placeOrder (target)',
    on: ALL,
    account: ONE_BY_ONE,
    ...fromFlat,
    touches: asks(({ target }) => target),
    record: places('target'),
  },
  {
    name: 'placeOrder (stop and target)',
    on: BATCHING,
    ...fromFlat,
    touches: asks(both, ({ entry }) => entry),
    record: places('target'),
  },
  {
    name: 'readLeg',
    on: BINGX,
    ...fromFlat,
    touches: asks(
      ({ reading }) => reading,
      ({ entry }) => entry,
    ),
    record: named('readLeg'),
  },
  {
    name: 'findOrder',
    on: ALL,
    ...fromFlat,
    trigger: loseEntry,
    touches: asks(({ lookup }) => lookup),
    record: named('findOrder'),
  },
  {
    name: 'placeOrder (entry)',
    on: ALL,
    ...fromFlat,
    touches: asks(({ entry }) => entry),
    record: places('entry'),
  },
];

/**
 * Cells of one group are killed together: what they wait for comes within the same second or two.
 * Entries come last, so that no later kill adds to the time that they are without a stop.
 */
const GROUPS: readonly (readonly Cell[])[] = [
  OF_AN_OPEN_ONE,
  [
    {
      name: 'readPrice',
      on: ALL,
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'exchange', request: ({ price }) => price, of: 'all' },
      record: named('readPrice'),
    },
  ],
  [
    {
      name: 'publish',
      on: BINGX,
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'journal' },
      record: named('publish'),
    },
  ],
  [
    {
      name: 'writeTrade',
      on: BINGX,
      ...closing,
      touches: { what: 'journal', after: ({ figures }) => figures },
      record: named('writeTrade'),
    },
  ],
  [
    {
      name: 'readEntryFacts',
      on: ALL,
      ...fromFlat,
      touches: { what: 'exchange', request: ({ price }) => price, of: 'all' },
      record: named('readEntryFacts'),
    },
  ],
  OF_AN_ENTRY,
];

/** A cell on one exchange. */
export type Tried = { cell: Cell; exchange: TriedExchange };

export const groupsOn = (exchange: TriedExchange): readonly (readonly Tried[])[] =>
  GROUPS.map((group) =>
    group.flatMap((cell) => (cell.on.includes(exchange) ? [{ cell, exchange }] : [])),
  ).filter((group) => group.length > 0);

/** Each has a paper account of its own: faults are planned by account. */
const accountOf = ({ cell }: Tried): string =>
  cell.name
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/-$/, '');

export const accountFor = (tried: Tried) =>
  accountOn(tried.exchange, accountOf(tried), tried.cell.account ?? {});

export function sceneOf(processes: Processes, round: Round, tried: Tried): Scene {
  const life: Life = { account: accountOf(tried), symbol: round.symbol, leg: legOn(tried.exchange) };
  const wire = WIRES[tried.exchange](round.venueSymbol);
  return { processes, round, wire, life, workflowId: positionWorkflowId(life) };
}

/** The account's watcher reads again: it runs, wherever it was moved to. */
export const nextReading = ({ processes, life, wire }: Scene, timeoutMs: number) =>
  processes.venue.control.waitForRequest({ ...wire.reading, account: life.account, timeoutMs });
