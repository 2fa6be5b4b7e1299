/** A position in words and in its documented shape, for people and programs. */
import { isZero, toPlaces, ZERO, type Decimal } from '../decimal.ts';
import type { PositionState } from './position.ts';
import {
  AVERAGE_PLACES,
  closedQuantity,
  entryPrice,
  grossProfit,
  intentsOf,
  openQuantity,
} from './quantities.ts';
import { coversAll } from './cover.ts';
import { restingCloses, trancheView } from './describe-tranche.ts';
import { timeExitAtMs } from './time-exit.ts';
import { entryOrderId, iso } from './trade.ts';
import { unresolved } from './unresolved.ts';
import type { ForeignOrder, PositionView } from '../view.ts';

export function view(state: PositionState, workflowId: string, nowMs: number): PositionView {
  const entry = entryPrice(state);
  const open = openQuantity(state);
  const first = intentsOf(state, 'entry')[0];
  return {
    workflowId,
    account: state.account,
    exchange: state.exchange,
    mode: state.mode,
    symbol: state.symbol,
    leg: state.leg,
    epoch: state.epoch,
    side: state.side,
    stage: state.stage.name,
    quantity: open,
    requestedQuantity: state.requestedQuantity,
    entryPrice: entry === null ? null : toPlaces(entry, AVERAGE_PLACES),
    entryOrderId: entryOrderId(state),
    entryClientOrderId: first?.request.clientOrderId ?? null,
    exchangePositionId: state.exchangePositionId,
    identifiedBy: state.positionIds ? 'position_id' : 'leg_and_epoch',
    entryAt: iso(state.entryAtMs),
    adopted: state.adopted,
    policy: state.policy ?? null,
    covered: !isZero(open) && coversAll(state),
    uncoveredMs: state.uncoveredMs + (state.cover.name === 'uncovered' ? nowMs - state.cover.sinceMs : 0),
    workingType: state.workingType,
    tranches: state.tranches.map((tranche) => trancheView(state, tranche)),
    timeExitAt: iso(timeExitAtMs(state)),
    restingCloses: restingCloses(state),
    unknownOrders: unresolved(state).map(({ intent: { role, request }, sinceMs }) => ({
      role,
      clientOrderId: request.clientOrderId,
      sinceAt: new Date(sinceMs).toISOString(),
    })),
    foreignOrders: state.foreignOrders,
    drift: (state.suspicion?.readings ?? 0) > 0,
    findings: state.findings,
    nextAction: nextAction(state),
    lastSnapshotAt: iso(state.lastSnapshotAtMs),
    realizedPnl: realizedPnl(state),
    exitReason: state.exitReason,
    updatedAt: new Date(nowMs).toISOString(),
  };
}

function realizedPnl(state: PositionState): Decimal | null {
  if (isZero(closedQuantity(state))) return ZERO;
  const gross = grossProfit(state);
  return gross === null ? null : toPlaces(gross, AVERAGE_PLACES);
}

/** What will happen next, as one sentence. */
export function nextAction(state: PositionState): string {
  const unknown = state.intents.find((intent) => intent.status.name === 'unknown');
  if (unknown) return `find out what became of the ${unknown.role} order ${unknown.request.clientOrderId}`;
  if (state.suspicion && !state.suspicion.agreed)
    return 'look for the executions that explain what the exchange shows';
  switch (state.stage.name) {
    case 'entering':
      return state.intents.some((intent) => intent.status.name === 'live')
        ? 'wait for the entry to fill'
        : 'send the entry';
    case 'open':
      return openAction(state);
    case 'closing':
      return 'close what is open at market';
    case 'settling':
      return isZero(openQuantity(state))
        ? 'prove that no order is left, and write the journal row'
        : 'close what filled late';
    case 'closed':
      return 'nothing: it is over';
  }
}

function openAction(state: PositionState): string {
  const pending = state.intents.find((intent) => intent.status.name === 'planned');
  if (pending) return `place the ${pending.role} order`;
  if (state.positionIds && state.exchangePositionId === null)
    return 'learn the position id from the exchange';
  return 'wait for the target, the stop, or a request';
}

const WRITERS: Record<NonNullable<ForeignOrder['origin']>, string> = {
  leftover: ', left over from before',
  second_writer: ', of a second writer',
};

/** `stop_market sell 0.05 at 107000, order 7777: a stop for this position`. */
export function foreignText({ price, triggerPrice, origin, ...order }: ForeignOrder): string {
  const size = order.closePosition ? 'everything' : order.quantity;
  const terms = triggerPrice ?? price;
  const at = terms === null ? '' : ` at ${terms}`;
  const does = order.covers ? ': a stop for this position' : order.closes ? ': may close this position' : '';
  const whose = origin === undefined ? '' : WRITERS[origin];
  return `${order.kind} ${order.side} ${size}${at}, order ${order.orderId}${does}${whose}`;
}

/** `LONG 0.05 BTC/USDT:USDT on bingx`, for the list in the Web UI. */
export const summary = (start: {
  side: string;
  quantity: Decimal;
  symbol: string;
  exchange: string;
  mode: string;
}): string =>
  `${start.side.toUpperCase()} ${start.quantity} ${start.symbol} on ${start.exchange}${start.mode === 'live' ? '' : ` (${start.mode})`}`;

/** What people can do from the Temporal Web UI, for a workflow's current details: those cost no history. */
export const HOW_TO = [
  'Act from here by **More Actions**, *Send a Signal* (a refusal shows above) or *Send an Update* (answered):',
  '',
  '- `adjustProtection` or `setProtection`: `{"stopLoss": {"price": "64000"}, "takeProfit": {"percent": "2"}}`; leave one out to keep it, `null` takes it away; so do `takeProfitLevels` (`[{"at": {"percent": "1"}, "share": "40"}]`), `trailing` (`{"distance": {"percent": "1"}}`), `breakEven` (`{"after": {"targets": 1}}`), `timeExit` (`{"afterMinutes": 90}`), and `trancheId` names one tranche',
  '- `requestClose` or `close`: no input closes everything; `{"quantity": "0.01"}` closes a part, with `limitPrice` at a limit',
  '- `requestMerge` or `mergeTranches`: no input makes all tranches one; `{"trancheIds": ["t1", "t2"]}` some of them; more is added by `addTranche` of the account',
  '- `requestCancelOrders` or `cancelOrders`: takes back what rests of the entry, and closes at a limit; `entryFilled` or `handleEntryFill`: looks the entry up at once',
  '- query `status`: everything known, as JSON',
  '',
  '*Request Cancellation* is ignored: closing is what ends a position.',
].join('\n');
