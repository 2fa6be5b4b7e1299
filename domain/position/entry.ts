/** How a position starts: from an entry that passed every check, or from what the exchange holds. */
import {
  adoptionFor,
  defaultsFor,
  settingsFor,
  type AccountState,
  type EntryFacts,
} from '../account/account.ts';
import { adoptionOf, rebuiltProtection, type AdoptionFacts, type KeptPolicy } from './adoption.ts';
import type { AdoptRequest, OpenPositionRequest } from '../commands.ts';
import type { PositionEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import { raised } from './findings.ts';
import { adoptedIntent, entryIntent } from './orders.ts';
import type { PositionStart, PositionState } from './position.ts';
import { foreignNews, foreignOrders } from '../reconcile/foreign-orders.ts';
import { legFor, type LegName, type Symbol } from '../terms.ts';

const ADOPTED: Record<KeptPolicy, string> = {
  watch: 'taken up from the exchange to be watched: no order is placed for it until you set a stop or target',
  protect: 'taken up from the exchange and protected: orders that were there already are left alone',
  manage: 'taken up from the exchange with the orders that protected it',
};

/** What happens first to a position: its entry is planned, or it is there already. `state` is the initial one. */
export function openingEvents(state: PositionState, start: PositionStart, nowMs: number): PositionEvent[] {
  const started: PositionEvent = { type: 'PositionStarted', start, nowMs };
  const { adopt } = start;
  if (!adopt) return [started, { type: 'IntentPlanned', intent: entryIntent(state, start, nowMs) }];
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
  return {
    ...common,
    side,
    quantity: request.quantity,
    limitPrice: request.limitPrice ?? null,
    workingType: request.workingType ?? common.settings.workingType,
    stopLoss: request.stopLoss ?? defaults.stopLoss ?? null,
    takeProfit: request.takeProfit ?? defaults.takeProfit ?? null,
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
