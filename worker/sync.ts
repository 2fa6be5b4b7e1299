/** How a worker compares one of its accounts with the exchange, through the gateway that serves it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SyncActivities } from '../activities/api.ts';
import { examine, examineOnce } from '../client/diagnose.ts';
import { createFacade } from '../client/holdfast.ts';
import { sourcesOf } from '../client/sources.ts';
import { syncAccount, type SyncParts } from '../client/sync-account.ts';
import { createWire } from '../client/wire.ts';
import type { AccountConfig } from '../config/config.ts';
import { completed } from '../domain/journal-gaps.ts';
import { recoveredTrade } from '../domain/recovered-trade.ts';
import { planSync, type SyncAction } from '../domain/sync-plan.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { Shared } from './deps.ts';
import { temporalSignals } from './signals.ts';

export function createSync(shared: Shared, account: AccountConfig, exchange: Exchange): SyncActivities {
  const { name: own } = account;
  return {
    async examineAccount({ account: name, execute, policy: asked, requestId }) {
      if (name !== own) throw new Error(`this process serves ${own} on this queue, not ${name}`);
      const policy = asked ?? account.adoption.policy;
      const parts = partsOf(shared, account, exchange, requestId);
      if (execute) return { account: own, state: 'examined', ...(await syncAccount(parts, { policy })) };
      const { diagnosis } = await parts.examine();
      const outcomes = planSync(diagnosis.differences, policy).map((action) => ({
        action,
        result: action.action === 'by_hand' ? ('left' as const) : ('planned' as const),
        text: null,
      }));
      return { account: own, state: 'examined', before: diagnosis, after: diagnosis, outcomes };
    },
  };
}

function partsOf(
  { journal, client, log }: Shared,
  account: AccountConfig,
  exchange: Exchange,
  requestId: string,
): SyncParts {
  const { name } = account;
  const facade = {
    wire: createWire(client),
    journal,
    snapshot: () => exchange.snapshot(),
    closedPositions: (_: string, query: Parameters<Exchange['closedPositions']>[0]) =>
      exchange.closedPositions(query),
  };
  const sources = sourcesOf(facade, name, () => journal.positions(name));
  const holdfast = createFacade(facade);
  const signals = temporalSignals(client, log);
  let history: Awaited<ReturnType<typeof examine>>['history'] | undefined;
  return {
    async examine() {
      const examined = await examine(sources, { account: name });
      history = examined.history;
      return examined;
    },
    look: () => examineOnce(sources, name, history),
    adopt: (request) =>
      holdfast.adopt(name, { ...request, requestId: `${requestId}/${request.symbol}/${request.leg}` }),
    tell: (leg, snapshot) => signals.reconcile(leg, snapshot),
    writeTrade: (action) => writeTrade(journal, account, action),
    forget: ({ symbol, leg, epoch }) =>
      journal.publish({
        key: { account: name, symbol, leg, epoch },
        events: [],
        fills: [],
        view: null,
        levels: [],
        // Whatever generation its workflow came to: nothing of this epoch comes after it.
        generation: Number.MAX_SAFE_INTEGER,
      }),
    now: Date.now,
    pause: (ms) => delay(ms),
  };
}

/** A row of that epoch is completed; where there is none, one is made of the exchange's. */
async function writeTrade(
  journal: Shared['journal'],
  { name, exchange, mode }: AccountConfig,
  { symbol, leg, epoch, closed }: Extract<SyncAction, { action: 'write_trade' }>,
): Promise<void> {
  const known = epoch === null ? undefined : await journal.trade({ account: name, symbol, leg, epoch });
  const row = known ? completed(known, closed) : recoveredTrade({ account: name, exchange, mode }, closed);
  if (row) await journal.writeTrade(row);
}
