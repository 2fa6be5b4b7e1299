/** Builders of what a client sees. */
import type { Difference } from '../../domain/audit/difference.ts';
import type { PositionView } from '../../domain/view.ts';
import type { TradeRow } from '../../journal/journal.ts';
import { positionWorkflowId } from '../../contract/ids.ts';

export function view(change: Partial<PositionView> = {}): PositionView {
  const leg = { account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net', ...change } as const;
  return {
    workflowId: positionWorkflowId(leg),
    ...leg,
    exchange: 'bingx',
    mode: 'paper',
    epoch: 'e1',
    side: 'long',
    stage: 'open',
    quantity: '0.05',
    requestedQuantity: '0.05',
    entryPrice: '43000.5',
    entryOrderId: '1742968678528512001',
    entryClientOrderId: 'hfe1n1',
    exchangePositionId: '1742968678528512999',
    identifiedBy: 'position_id',
    entryAt: '2026-01-02T03:04:05.000Z',
    adopted: false,
    covered: true,
    uncoveredMs: 420,
    workingType: 'CONTRACT_PRICE',
    tranches: [
      {
        id: 't1',
        quantity: '0.05',
        stopLoss: { price: '42500', orderId: '11', state: 'live' },
        takeProfit: { price: '44000', orderId: '12', state: 'live' },
      },
    ],
    unknownOrders: [],
    drift: false,
    findings: [],
    nextAction: 'Waiting for the market.',
    lastSnapshotAt: '2026-01-02T03:05:00.000Z',
    exitReason: null,
    updatedAt: '2026-01-02T03:05:00.000Z',
    ...change,
  };
}

export const difference = (change: Partial<Difference> = {}): Difference => ({
  account: 'paper',
  symbol: 'BTC/USDT:USDT',
  leg: 'net',
  kind: 'quantity',
  weight: 'difference',
  text: '0.05 here, 0.04 at the exchange',
  here: '0.05',
  there: '0.04',
  workflowId: 'position/paper/BTC/USDT:USDT/net',
  ...change,
});

export function trade(change: Partial<TradeRow> = {}): TradeRow {
  return {
    account: 'paper',
    symbol: 'BTC/USDT:USDT',
    leg: 'net',
    epoch: 'e1',
    exchange: 'bingx',
    mode: 'paper',
    side: 'long',
    adopted: false,
    entryOrderId: '1',
    exchangePositionId: '2',
    exitOrderId: '3',
    exitReason: 'TAKE_PROFIT',
    quantity: '0.05',
    entryPrice: '109206.8',
    closePrice: '109953.4',
    realizedPnl: '57.14',
    netPnl: '51.6',
    fees: '5.54',
    funding: '0',
    entryAt: '2026-01-02T03:04:05.000Z',
    exitAt: '2026-01-02T04:04:05.000Z',
    uncoveredMs: 420,
    figuresSource: 'exchange',
    ...change,
  };
}
