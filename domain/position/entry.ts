/** How a position starts: from an entry that passed every check, or from what the exchange holds. */
import {
  adoptionFor,
  defaultsFor,
  settingsFor,
  type AccountState,
  type DefaultProtection,
  type EntryFacts,
} from '../account/account.ts';
import { adoptionOf, rebuiltProtection, type AdoptionFacts, type KeptPolicy } from './adoption.ts';
import type { AdoptRequest, BreakEvenSpec, OpenPositionRequest, ProtectionWish } from '../commands.ts';
import type { Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import { raised } from './findings.ts';
import { adoptedIntent, entryIntent } from './orders.ts';
import type { PositionStart, PositionState } from './position.ts';
import { foreignNews, foreignOrders } from '../reconcile/foreign-orders.ts';
import { legFor, type LegName, type Symbol } from '../terms.ts';
import { settleWish } from './wishes.ts';

const ADOPTED: Record<KeptPolicy, string> = {
  watch: 'taken up from the exchange to be watched: no order is placed for it until you set a stop or target',
  protect: 'taken up from the exchange and protected: orders that were there already are left alone',
  manage: 'taken up from the exchange with the orders that protected it',
};

/** What happens first to a position: its entry is planned, or it is there already. `state` is the initial one. */
export function openingEvents(state: PositionState, start: PositionStart, nowMs: number): PositionEvent[] {
  const started: PositionEvent = { type: 'PositionStarted', start, nowMs };
  const { adopt } = start;
  if (!adopt) return [started, { type: 'IntentPlanned', intent: entryIntent(state, 't1', start, nowMs) }];
  const { quantity, seenAtMs } = adopt;
  const intents = adopt.orders.map(({ role, order }, index) =>
    adoptedIntent(state, index + 1, role, order, { nowMs, seenAtMs, quantity }),
  );
  const adopted: PositionEvent = { type: 'PositionAdopted', adoption: adopt, intents, nowMs };
  const after = [started, adopted].reduce(evolve, state);
  const foreign = foreignOrders(after, { orders: adopt.others, takenAtMs: seenAtMs });
  return [
    started,
    adopted,
    { type: 'SnapshotCompared', takenAtMs: seenAtMs, foreignOrders: foreign },
    ...foreignNews(after, foreign, seenAtMs, nowMs),
    raised('note', 'adopted', ADOPTED[adopt.policy], nowMs),
  ];
}

export function positionStart(
  state: AccountState,
  request: OpenPositionRequest,
  facts: EntryFacts,
  epoch: string,
): PositionStart {
  const { symbol, side } = request;
  const common = commonStart(state, { symbol, leg: legFor(facts.positionMode, side) }, facts, epoch);
  const defaults = defaultsFor(state, symbol);
  const timeExit = request.timeExit === undefined ? defaults.timeExit : request.timeExit;
  return {
    ...common,
    side,
    quantity: request.quantity,
    limitPrice: request.limitPrice ?? null,
    workingType: request.workingType ?? common.settings.workingType,
    settings: {
      ...common.settings,
      instantTpEnabled: request.instantTp ?? common.settings.instantTpEnabled,
    },
    ...protectionAtStart(entryWish(request, defaults), facts.atr ?? null),
    ...(request.visibleQuantity !== undefined && { visibleQuantity: request.visibleQuantity }),
    ...(timeExit && { timeExit }),
  };
}

/** What an entry asks for, and where it says nothing, what is configured. Either kind of targets stands for both. */
export function entryWish(request: ProtectionWish, defaults: DefaultProtection): ProtectionWish {
  const targeted = request.takeProfit !== undefined || request.takeProfitLevels !== undefined;
  const { stopLoss, trailing } = { ...defaults, ...request };
  const { takeProfit, takeProfitLevels } = targeted ? request : defaults;
  const breakEven =
    request.breakEven === undefined ? within(defaults.breakEven, takeProfitLevels) : request.breakEven;
  return {
    ...(stopLoss !== undefined && { stopLoss }),
    ...(takeProfit !== undefined && { takeProfit }),
    ...(takeProfitLevels !== undefined && { takeProfitLevels }),
    ...(trailing !== undefined && { trailing }),
    ...(breakEven !== undefined && { breakEven }),
  };
}

/** What is configured for more targets than there are comes after the last of these. */
function within(
  breakEven: BreakEvenSpec | undefined,
  levels: readonly unknown[] | null | undefined,
): BreakEvenSpec | undefined {
  if (!breakEven || !levels || !('targets' in breakEven.after)) return breakEven;
  return { ...breakEven, after: { targets: Math.min(breakEven.after.targets, levels.length) } };
}

/** The protection that a tranche begins with; the wish was checked. */
export function protectionAtStart(
  wish: ProtectionWish,
  atr: Decimal | null,
): Pick<PositionStart, 'stopLoss' | 'takeProfit' | 'targets' | 'trailing' | 'breakEven'> {
  const settled = settleWish(wish, atr);
  if ('refused' in settled) throw new Error(settled.refused.text);
  const { stopLoss = null, takeProfit = null, targets, trailing, breakEven } = settled;
  return {
    stopLoss,
    takeProfit,
    ...(targets && { targets }),
    ...(trailing && { trailing }),
    ...(breakEven && { breakEven }),
  };
}

/** A position that the exchange holds and no workflow keeps, as its workflow takes it up. */
export function adoptionStart(
  state: AccountState,
  request: AdoptRequest & { policy: KeptPolicy },
  position: ExchangePosition,
  facts: AdoptionFacts,
  epoch: string,
): PositionStart {
  const common = commonStart(state, request, facts, epoch);
  const adopt = adoptionOf(common, position, facts, request);
  const stop = adopt.orders.find(({ role }) => role === 'stop')?.order;
  return {
    ...common,
    side: position.side,
    quantity: position.quantity,
    limitPrice: null,
    workingType: stop?.workingType ?? common.settings.workingType,
    ...rebuiltProtection(common, position, facts, request, adoptionFor(state, request.symbol)),
    adopt,
  };
}

function commonStart(
  state: AccountState,
  { symbol, leg }: { symbol: Symbol; leg: LegName },
  facts: Pick<EntryFacts, 'rules' | 'positionIds' | 'batches'>,
  epoch: string,
) {
  const configured = settingsFor(state, symbol);
  const batchProtection = configured.batchProtection && facts.batches === true;
  return {
    account: state.account,
    exchange: state.exchange,
    mode: state.mode,
    symbol,
    leg,
    epoch,
    positionIds: facts.positionIds,
    market: facts.rules,
    settings: { ...configured, batchProtection },
  };
}
