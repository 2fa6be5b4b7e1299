/** Journal records with everything filled in, so that a test names only what it is about. */
import { epochAt } from '../../domain/ids.ts';
import type { SyncReport } from '../../domain/audit/sync-report.ts';
import type { PositionView, PriceLevel } from '../../domain/view.ts';
import type {
  BalanceRecord,
  JournalEvent,
  JournalFill,
  PositionPublication,
  TradeKey,
  TradeRow,
} from '../../journal/journal.ts';

export const STARTED_MS = Date.parse('2026-03-01T10:00:00.000Z');

export const aKey = (over: Partial<TradeKey> = {}): TradeKey => ({
  account: 'main',
  symbol: 'BTC/USDT:USDT',
  leg: 'long',
  epoch: epochAt(STARTED_MS),
  ...over,
});

export const workflowIdOf = ({ account, symbol, leg }: Omit<TradeKey, 'epoch'>): string =>
  `position/${account}/${symbol}/${leg}`;

export const aTrade = (over: Partial<TradeRow> = {}): TradeRow => ({
  ...aKey(),
  exchange: 'bingx',
  mode: 'paper',
  side: 'long',
  adopted: false,
  entryOrderId: '1742968678528512001',
  exchangePositionId: '1792480725958881280',
  exitOrderId: '1742968678528512002',
  exitReason: 'TAKE_PROFIT',
  quantity: '0.05',
  entryPrice: '50000.1',
  closePrice: '51000.2',
  realizedPnl: '50.005',
  netPnl: '47.4799925',
  fees: '2.5250075',
  funding: '-0.0000005',
  entryAt: '2026-03-01T10:00:00.000Z',
  exitAt: '2026-03-01T11:00:00.000Z',
  uncoveredMs: 120,
  figuresSource: 'exchange',
  ...over,
});

export const anEvent = (sequence: number, over: Partial<JournalEvent> = {}): JournalEvent => ({
  ...aKey(),
  sequence,
  type: 'stop placed',
  atMs: STARTED_MS + sequence,
  data: { price: '49000.5', nested: { list: ['1', '2'] }, nothing: null },
  ...over,
});

export const aFill = (fillId: string, over: Partial<JournalFill> = {}): JournalFill => ({
  ...aKey(),
  fillId,
  orderId: '1742968678528512001',
  role: 'entry',
  side: 'buy',
  price: '50000.1',
  quantity: '0.05',
  fee: '1.2500025',
  atMs: STARTED_MS,
  ...over,
});

export const aBalance = (over: Partial<BalanceRecord> = {}): BalanceRecord => ({
  account: 'main',
  asset: 'USDT',
  atMs: STARTED_MS,
  equity: '10047.4799925',
  available: '9800.0000001',
  why: 'start',
  ...over,
});

/** Nobody's order took a part of it. */
export const anOutsideChange = (
  sequence: number,
  change: Record<string, unknown> = {},
  over: Partial<JournalEvent> = {},
): JournalEvent =>
  anEvent(sequence, {
    type: 'ExternallyChanged',
    data: {
      change: {
        fillId: `f${sequence}`,
        orderId: '900',
        trancheId: 't1',
        quantity: '-0.01',
        price: '50100',
        fee: null,
        atMs: STARTED_MS,
        cause: 'manual',
        ...change,
      },
    },
    ...over,
  });

export const aLevel = (levelId: string, over: Partial<PriceLevel> = {}): PriceLevel => ({
  workflowId: workflowIdOf(aKey()),
  symbol: 'BTC/USDT:USDT',
  levelId,
  kind: 'stop',
  direction: 'down',
  price: '49000.5',
  workingType: 'CONTRACT_PRICE',
  generation: 1,
  ...over,
});

export const aView = (over: Partial<PositionView> = {}): PositionView => ({
  workflowId: workflowIdOf(aKey()),
  ...aKey(),
  exchange: 'bingx',
  mode: 'paper',
  side: 'long',
  stage: 'open',
  quantity: '0.05',
  requestedQuantity: '0.05',
  entryPrice: '50000.1',
  entryOrderId: '1742968678528512001',
  entryClientOrderId: 'hf0000000000000000000e0001',
  exchangePositionId: '1792480725958881280',
  identifiedBy: 'position_id',
  entryAt: '2026-03-01T10:00:00.000Z',
  adopted: false,
  covered: true,
  uncoveredMs: 120,
  workingType: 'CONTRACT_PRICE',
  tranches: [
    {
      id: 't1',
      quantity: '0.05',
      stopLoss: { price: '49000.5', orderId: '1742968678528512003', state: 'live' },
      takeProfit: { price: '51000', orderId: null, state: 'pending' },
    },
  ],
  unknownOrders: [],
  drift: false,
  findings: [
    {
      kind: 'note',
      code: 'foreign_order',
      text: 'An order that is not ours rests on the leg.',
      atMs: STARTED_MS,
    },
  ],
  nextAction: 'Wait for the target.',
  lastSnapshotAt: null,
  exitReason: null,
  updatedAt: '2026-03-01T10:00:01.000Z',
  ...over,
});

/** One account that agreed, and nothing was left to do. */
export function aSyncReport(over: Partial<SyncReport> = {}): SyncReport {
  const diagnosis = {
    account: 'main',
    agrees: true,
    positions: 2,
    differences: [],
    unprotected: [],
    notLookedAt: [],
    checkedAt: '2026-03-01T10:00:01.000Z',
  };
  return {
    id: 'run-1',
    at: '2026-03-01T10:00:00.000Z',
    cause: 'daily',
    executed: false,
    accounts: [{ account: 'main', state: 'examined', before: diagnosis, after: diagnosis, outcomes: [] }],
    ...over,
  };
}

/** A publication of the leg's epoch at a generation, which its view and its level tell by their own figures. */
export function aPublication(
  generation: number,
  over: Partial<PositionPublication> = {},
): PositionPublication {
  const key = over.key ?? aKey();
  return {
    key,
    events: [],
    fills: [],
    view: aView({ ...key, workflowId: workflowIdOf(key), nextAction: `Generation ${generation}.` }),
    levels: [
      aLevel(`${key.symbol} ${key.epoch} ${generation}`, {
        workflowId: workflowIdOf(key),
        symbol: key.symbol,
        generation,
      }),
    ],
    generation,
    ...over,
  };
}
