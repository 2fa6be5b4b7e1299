/** A position before anything has happened to it. */
import type { PositionStart, PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';

export function initialState(start: PositionStart, nowMs: number): PositionState {
  return {
    version: 1,
    account: start.account,
    exchange: start.exchange,
    mode: start.mode,
    symbol: start.symbol,
    leg: start.leg,
    epoch: start.epoch,
    side: start.side,
    positionIds: start.positionIds,
    market: start.market,
    settings: start.settings,
    workingType: start.workingType,
    requestedQuantity: start.quantity,
    startedAtMs: nowMs,
    adopted: start.adopt !== undefined,
    ...(start.adopt && { policy: start.adopt.policy }),
    stage: { name: 'entering' },
    tranches: [trancheAtStart('t1', start)],
    ...(start.timeExit && { timeExit: start.timeExit }),
    intents: [],
    externals: [],
    exchangePositionId: null,
    identify: { asks: 0, nextAtMs: 0 },
    entryAtMs: null,
    lastFillAtMs: null,
    firstSentAtMs: null,
    lastSnapshotAtMs: null,
    suspicion: null,
    foreignOrders: [],
    cover: { name: 'flat' },
    uncoveredMs: 0,
    singleProtection: false,
    crossings: [],
    holdOffs: [],
    settlement: { flatSeenAtMs: null, figures: null, asks: 0, nextAtMs: 0, journalled: null },
    findings: [],
    exitReason: null,
    eventCount: 0,
    levelGeneration: 0,
  };
}

type TrancheStart = Pick<
  PositionStart,
  | 'quantity'
  | 'limitPrice'
  | 'visibleQuantity'
  | 'stopLoss'
  | 'takeProfit'
  | 'targets'
  | 'trailing'
  | 'breakEven'
>;

/** A tranche of which nothing was entered yet. */
export function trancheAtStart(id: string, start: TrancheStart): Tranche {
  const { stopLoss, takeProfit, targets, trailing, breakEven, limitPrice, visibleQuantity: visible } = start;
  return {
    id,
    stopLoss,
    takeProfit,
    ...(targets && { targets }),
    ...(trailing && { trailing }),
    ...(breakEven && { breakEven }),
    ...(visible !== undefined &&
      limitPrice !== null && { iceberg: { total: start.quantity, visible, limitPrice } }),
  };
}
