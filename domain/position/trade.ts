/**
 * The journal row of a finished position: the exchange's own figures where it keeps them; else what
 * own executions prove; what nobody knows stays null, to be completed later. Never dropped.
 */
import { toPlaces, type Decimal } from '../decimal.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import { exitAtMsOf, exitOrderIdOf, exitReasonOf } from './attribution.ts';
import type { PositionState } from './position.ts';
import {
  AVERAGE_PLACES,
  closedQuantity,
  entryPrice,
  exitPrice,
  grossProfit,
  intentsOf,
} from './quantities.ts';
import type { AccountMode, ExchangeName, LegName, Side, Symbol } from '../terms.ts';
import type { ExitReason } from '../view.ts';

/** Account, symbol, leg and epoch: one position from flat to flat. */
export type TradeKey = { account: string; symbol: Symbol; leg: LegName; epoch: string };

/** Where a trade's figures come from; `exchange` is final, the others are completed later. */
export type FiguresSource = 'exchange' | 'fills' | 'unknown';

export type TradeRow = TradeKey & {
  exchange: ExchangeName;
  mode: AccountMode;
  side: Side;
  adopted: boolean;
  entryOrderId: string | null;
  exchangePositionId: string | null;
  exitOrderId: string | null;
  exitReason: ExitReason;
  /** Quantity closed, base units; `'0'` for a position that never opened. */
  quantity: Decimal;
  entryPrice: Decimal | null;
  closePrice: Decimal | null;
  /** Gross. */
  realizedPnl: Decimal | null;
  /** After fees and funding. */
  netPnl: Decimal | null;
  /** Positive cost. */
  fees: Decimal | null;
  /** Signed as the exchange does: negative is paid. */
  funding: Decimal | null;
  /** ISO 8601. */
  entryAt: string | null;
  exitAt: string | null;
  uncoveredMs: number;
  figuresSource: FiguresSource;
};

/** How long the exchange's figures are asked for before the position ends without them. */
export const FIGURES_PATIENCE_MS = 600_000;
/** A first row is written without them after this. */
const FIRST_ROW_MS = 15_000;

/** The row as far as it is known. */
export function tradeRow(state: PositionState): TradeRow {
  const figures = state.settlement.figures;
  const never = state.exitReason === 'NEVER_OPENED';
  return {
    account: state.account,
    symbol: state.symbol,
    leg: state.leg,
    epoch: state.epoch,
    exchange: state.exchange,
    mode: state.mode,
    side: state.side,
    adopted: state.adopted,
    entryOrderId: entryOrderId(state),
    exchangePositionId: state.exchangePositionId,
    exitOrderId: exitOrderIdOf(state),
    exitReason: never ? 'NEVER_OPENED' : reason(state, figures),
    quantity: figures?.quantity ?? closedQuantity(state),
    ...(figures ? exchangeFigures(state, figures) : ownFigures(state)),
    uncoveredMs: state.uncoveredMs,
  };
}

/** A forced close that the exchange's row tells of outranks "nobody knows", never an own order. */
function reason(state: PositionState, figures: ClosedPosition | null): ExitReason {
  const own =
    state.stage.name === 'settling' && state.stage.reason ? state.stage.reason : exitReasonOf(state);
  if (own !== 'EXCHANGE_CLOSED_RECONCILIATION' || !figures?.forced) return own;
  return figures.forced === 'liquidation' ? 'LIQUIDATION' : 'ADL';
}

export const entryOrderId = (state: PositionState): string | null =>
  intentsOf(state, 'entry').find((intent) => intent.orderId !== null)?.orderId ??
  state.externals.find(({ cause }) => cause === 'adopted')?.orderId ??
  null;

type Figures = Pick<
  TradeRow,
  | 'entryPrice'
  | 'closePrice'
  | 'realizedPnl'
  | 'netPnl'
  | 'fees'
  | 'funding'
  | 'entryAt'
  | 'exitAt'
  | 'figuresSource'
>;

function exchangeFigures(state: PositionState, row: ClosedPosition): Figures {
  return {
    entryPrice: row.entryPrice ?? rounded(entryPrice(state)),
    closePrice: row.closePrice ?? rounded(exitPrice(state)),
    realizedPnl: row.realizedPnl ?? null,
    netPnl: row.netPnl ?? null,
    fees: row.fees ?? null,
    funding: row.funding ?? null,
    entryAt: iso(row.openedAtMs ?? state.entryAtMs),
    exitAt: iso(row.closedAtMs ?? exitAtMsOf(state)),
    figuresSource: 'exchange',
  };
}

function ownFigures(state: PositionState): Figures {
  const gross = grossProfit(state);
  return {
    entryPrice: rounded(entryPrice(state)),
    closePrice: rounded(exitPrice(state)),
    realizedPnl: rounded(gross),
    netPnl: null,
    fees: null,
    funding: null,
    entryAt: iso(state.entryAtMs),
    exitAt: iso(exitAtMsOf(state)),
    figuresSource: gross !== null || state.exitReason === 'NEVER_OPENED' ? 'fills' : 'unknown',
  };
}

/** What was divided has as many digits as one likes; none of them is the exchange's. */
const rounded = (figure: Decimal | null): Decimal | null =>
  figure === null ? null : toPlaces(figure, AVERAGE_PLACES);

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Whether the journal lacks what is known by now. */
export function needsTradeRow(state: PositionState): boolean {
  const { settlement, exitReason } = state;
  if (settlement.journalled === 'exchange') return false;
  if (settlement.figures !== null) return true;
  if (settlement.journalled !== null) return false;
  if (exitReason === 'NEVER_OPENED') return true;
  return settlement.asks > 0 && waited(settlement.asks) >= FIRST_ROW_MS;
}

/** Whether everything that the journal will ever get from this position is in it. */
export function journalComplete(state: PositionState, nowMs: number): boolean {
  const { settlement, stage, exitReason } = state;
  if (settlement.journalled === null || stage.name !== 'settling') return false;
  return (
    settlement.journalled === 'exchange' ||
    exitReason === 'NEVER_OPENED' ||
    nowMs - stage.sinceMs >= FIGURES_PATIENCE_MS
  );
}

/** The wait before the next question about the figures: `asks` have been put already. */
export const figuresWaitMs = (asks: number): number => Math.min(60_000, 500 * 2 ** Math.min(asks, 10));

const waited = (asks: number): number =>
  Array.from({ length: asks }, (_, index) => figuresWaitMs(index)).reduce((total, wait) => total + wait, 0);
