/** How a position starts, from an entry that passed every check. */
import { defaultsFor, settingsFor, type AccountState, type EntryFacts } from './account.ts';
import type { OpenPositionRequest } from './commands.ts';
import type { PositionStart } from './position.ts';
import { legFor } from './terms.ts';

export function positionStart(
  state: AccountState,
  request: OpenPositionRequest,
  facts: EntryFacts,
  epoch: string,
): PositionStart {
  const configured = settingsFor(state, request.symbol);
  const batchProtection = configured.batchProtection && facts.batches === true;
  const settings = { ...configured, batchProtection };
  const defaults = defaultsFor(state, request.symbol);
  return {
    account: state.account,
    exchange: state.exchange,
    mode: state.mode,
    symbol: request.symbol,
    leg: legFor(facts.positionMode, request.side),
    epoch,
    side: request.side,
    positionIds: facts.positionIds,
    market: facts.rules,
    settings,
    quantity: request.quantity,
    limitPrice: request.limitPrice ?? null,
    workingType: request.workingType ?? settings.workingType,
    stopLoss: request.stopLoss ?? defaults.stopLoss ?? null,
    takeProfit: request.takeProfit ?? defaults.takeProfit ?? null,
  };
}
