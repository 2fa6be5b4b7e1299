/**
 * The rows of the crash matrix: for every activity of a life, how a position is brought to the point
 * where that activity runs, and how the outside can tell that it does.
 */
import { parseClientOrderId } from '../../domain/ids.ts';
import type { IntentRole } from '../../domain/position/position.ts';
import {
  byHand,
  close,
  loseEntry,
  open,
  setStop,
  type Cell,
  type Tried,
  type WireRequest,
} from './scenes.ts';
import type { TriedExchange } from './wire-of.ts';

const BINGX = ['bingx'] as const;
const OTHERS = ['bybit', 'binance'] as const;
const ALL = [...BINGX, ...OTHERS] as const;
/** Where stop and target can leave in one request. */
const BATCHING = ['bingx', 'bybit'] as const;
const ONE_BY_ONE = { tp_sl_batch_enabled: false };

const named = (type: string): Cell['record'] => ({ type, activity: (activity) => activity.type === type });

type Named = { clientOrderId: string };

const places = (role: IntentRole): Cell['record'] => ({
  type: 'placeOrder',
  activity({ type, input }) {
    if (type !== 'placeOrder' && type !== 'placeOrders') return false;
    // Only these activities' inputs are looked into, and they have this shape.
    const { request, requests = [] } = input as { request?: Named; requests?: Named[] };
    const sent = request ? [request] : requests;
    return sent.some(({ clientOrderId }) => parseClientOrderId(clientOrderId)?.role === role);
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
    reads: true,
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
    name: 'readLeg (figures)',
    reads: true,
    on: BINGX,
    ...closing,
    touches: asks(({ figures }) => figures),
    record: named('readLeg'),
  },
  {
    // A position without an id of its own needs no reading but to be seen flat.
    name: 'readLeg (flat)',
    reads: true,
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
    reads: true,
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
    reads: true,
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
      reads: true,
      on: ALL,
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'exchange', request: ({ price }) => price, of: 'all' },
      record: named('readPrice'),
    },
  ],
  [
    {
      name: 'publishPacked',
      on: BINGX,
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'journal' },
      record: named('publishPacked'),
    },
  ],
  [
    {
      name: 'publishPacked (row)',
      on: BINGX,
      ...closing,
      touches: { what: 'journal', after: ({ figures }) => figures },
      record: {
        type: 'publishPacked',
        activity: ({ type }) => type === 'publishPacked' || type === 'writeTrade',
      },
    },
  ],
  [
    {
      name: 'readEntryFacts',
      reads: true,
      on: ALL,
      ...fromFlat,
      touches: { what: 'exchange', request: ({ price }) => price, of: 'all' },
      record: named('readEntryFacts'),
    },
  ],
  OF_AN_ENTRY,
];

export const groupsOn = (exchange: TriedExchange): readonly (readonly Tried[])[] =>
  GROUPS.map((group) =>
    group.flatMap((cell) => (cell.on.includes(exchange) ? [{ cell, exchange }] : [])),
  ).filter((group) => group.length > 0);
