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

export type Scene = { processes: Processes; round: Round; life: Life; workflowId: string };

export type Cell = {
  name: string;
  /** Whether the position is open and protected before the trigger. */
  begins: 'flat' | 'open';
  exitReason: ExitReason;
  /** It comes about only while the account is watched. */
  watched?: true;
  /** Sets in motion what leads to the activity; its answer may get lost with the worker. */
  trigger(scene: Scene): Promise<unknown>;
  /** What the activity asks of the outside, and so how it can be caught. */
  touches:
    | { what: 'exchange'; request: RequestMatch; after?: RequestMatch; of?: 'all' }
    | { what: 'journal'; after?: RequestMatch };
  /** What is on record once it was reported. */
  record: { activity(activity: Activity): boolean; type: string } | { signal: string };
};

const ORDER = '/openApi/swap/v2/trade/order';
const ENTRY: RequestMatch = { method: 'POST', path: ORDER, params: { type: 'MARKET' } };
const READING: RequestMatch = { method: 'GET', path: '/openApi/swap/v2/user/positions' };
const FIGURES: RequestMatch = { method: 'GET', path: '/openApi/swap/v1/trade/positionHistory' };
const PRICE: RequestMatch = { method: 'GET', path: '/openApi/swap/v2/quote/ticker' };

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
    const leg = { account: life.account, symbol: round.venueSymbol, leg: 'net' } as const;
    return processes.venue.control.trade({
      ...leg,
      action,
      ...(action === 'reduce' ? { quantity: round.part } : {}),
    });
  };

/** An entry that the exchange took and never answered: it has to be looked up. */
async function loseEntry(scene: Scene): Promise<unknown> {
  const match = { ...ENTRY, account: scene.life.account };
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

const sends = (type: string): Cell['touches'] => ({
  what: 'exchange',
  request: { method: 'POST', path: ORDER, params: { type } },
});
const asks = (request: RequestMatch, after?: RequestMatch): Cell['touches'] => ({
  what: 'exchange',
  request,
  ...(after && { after }),
});

const fromFlat = { begins: 'flat', exitReason: 'TAKE_PROFIT', trigger: open } as const;
const fromOpen = { begins: 'open', exitReason: 'TAKE_PROFIT' } as const;
const closing = { begins: 'open', exitReason: 'USER_CLOSE', trigger: close } as const;

/**
 * Cells of one group are killed together: what they wait for comes within the same second or two.
 * Entries come last, so that no later kill adds to the time that they are without a stop.
 */
export const GROUPS: readonly (readonly Cell[])[] = [
  [
    {
      name: 'observe',
      ...fromOpen,
      watched: true,
      trigger: byHand('reduce'),
      touches: asks(READING),
      record: { signal: 'reconcile' },
    },
    {
      name: 'readEvidence',
      ...fromOpen,
      watched: true,
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      trigger: byHand('close'),
      touches: asks({ method: 'GET', path: '/openApi/swap/v2/trade/allFillOrders' }),
      record: named('readEvidence'),
    },
    { name: 'placeOrder (close)', ...closing, touches: sends('MARKET'), record: places('close') },
    {
      name: 'cancelOrder',
      ...fromOpen,
      trigger: setStop,
      touches: asks({ method: 'DELETE', path: ORDER }),
      record: named('cancelOrder'),
    },
    { name: 'readFigures', ...closing, touches: asks(FIGURES), record: named('readFigures') },
  ],
  [
    {
      name: 'readPrice',
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'exchange', request: PRICE, of: 'all' },
      record: named('readPrice'),
    },
  ],
  [
    {
      name: 'publish',
      ...fromOpen,
      trigger: setStop,
      touches: { what: 'journal' },
      record: named('publish'),
    },
  ],
  [
    {
      name: 'writeTrade',
      ...closing,
      touches: { what: 'journal', after: FIGURES },
      record: named('writeTrade'),
    },
  ],
  [
    {
      name: 'readEntryFacts',
      ...fromFlat,
      touches: { what: 'exchange', request: PRICE, of: 'all' },
      record: named('readEntryFacts'),
    },
  ],
  [
    { name: 'placeOrder (entry)', ...fromFlat, touches: sends('MARKET'), record: places('entry') },
    { name: 'placeOrder (stop)', ...fromFlat, touches: sends('STOP_MARKET'), record: places('stop') },
    {
      name: 'placeOrder (target)',
      ...fromFlat,
      touches: sends('TAKE_PROFIT_MARKET'),
      record: places('target'),
    },
    { name: 'readLeg', ...fromFlat, touches: asks(READING, ENTRY), record: named('readLeg') },
    {
      name: 'findOrder',
      ...fromFlat,
      trigger: loseEntry,
      touches: asks({ method: 'GET', path: ORDER }),
      record: named('findOrder'),
    },
  ],
];

/** Every activity has a paper account of its own: faults are planned by account. */
export const accountOf = ({ name }: Cell): string =>
  name
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/-$/, '');

export function sceneOf(processes: Processes, round: Round, cell: Cell): Scene {
  const life: Life = { account: accountOf(cell), symbol: round.symbol, leg: 'net' };
  return { processes, round, life, workflowId: positionWorkflowId(life) };
}

/** The account's watcher reads again: it runs, wherever it was moved to. */
export const nextReading = ({ processes, life }: Scene, timeoutMs: number) =>
  processes.venue.control.waitForRequest({ ...READING, account: life.account, timeoutMs });
