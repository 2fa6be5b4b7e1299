/** Where a cell of the crash matrix plays: a market, an account of its own, and what can be done there. */
import { positionWorkflowId } from '../../contract/ids.ts';
import type { ExitReason } from '../../domain/view.ts';
import type { RequestMatch } from '../../venue/control/types.ts';
import type { Life } from '../support/agreement.ts';
import type { Activity } from '../support/history.ts';
import type { Processes } from '../support/processes.ts';
import { accountOn, legOn, WIRES, type TriedExchange, type Wire } from './wire-of.ts';

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

export type Scene = { processes: Processes; round: Round; wire: Wire; life: Life; workflowId: string };

export type Cell = {
  name: string;
  /** On which exchanges it is tried: those of which it asks something different. */
  on: readonly TriedExchange[];
  /** Merged into its account's configuration. */
  account?: Record<string, unknown>;
  /** Whether the position is open and protected before the trigger. */
  begins: 'flat' | 'open';
  exitReason: ExitReason;
  /** It changes nothing: once it is reported, all is as it is before the next activity, which is tried too. */
  reads?: true;
  /** It comes about only while the account is watched. */
  watched?: true;
  /** Sets in motion what leads to the activity; its answer may get lost with the worker. */
  trigger(scene: Scene): Promise<unknown>;
  /** What the activity asks of the outside, and so how it can be caught. */
  touches:
    | { what: 'exchange'; request: WireRequest; after?: WireRequest; of?: 'all' }
    | { what: 'journal'; after?: WireRequest };
  /** What is on record once it was reported. */
  record: { activity(activity: Activity): boolean; type: string } | { signal: string };
};

/** One of the exchange's requests. */
export type WireRequest = (wire: Wire) => RequestMatch;

/** A cell on one exchange. */
export type Tried = { cell: Cell; exchange: TriedExchange };

export const open = ({ processes, round, life }: Scene) =>
  processes.holdfast.openPosition(life.account, {
    symbol: round.symbol,
    side: 'long',
    quantity: round.quantity,
    stopLoss: { percent: '1' },
    takeProfit: { percent: '2' },
    requestId: `${life.account}/${round.symbol}`,
  });

export const setStop = ({ processes, round, workflowId }: Scene) =>
  processes.holdfast.setProtection({ workflowId }, { stopLoss: { price: round.stop } });

export const close = ({ processes, workflowId }: Scene) => processes.holdfast.close({ workflowId });

export const byHand =
  (action: 'close' | 'reduce') =>
  ({ processes, round, life }: Scene) => {
    const leg = { account: life.account, symbol: round.venueSymbol, leg: life.leg };
    return processes.venue.control.trade({
      ...leg,
      action,
      ...(action === 'reduce' ? { quantity: round.part } : {}),
    });
  };

/** An entry that the exchange took and never answered: it has to be looked up. */
export async function loseEntry(scene: Scene): Promise<unknown> {
  const match = { ...scene.wire.entry, account: scene.life.account };
  await scene.processes.venue.control.planFault({ kind: 'cut-after', match, count: 1 });
  return open(scene);
}

/** Each has a paper account of its own: faults are planned by account. */
const accountOf = ({ cell }: Tried): string =>
  cell.name
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/-$/, '');

export const accountFor = (tried: Tried) =>
  accountOn(tried.exchange, accountOf(tried), tried.cell.account ?? {});

export function sceneOf(processes: Processes, round: Round, tried: Tried): Scene {
  const life: Life = { account: accountOf(tried), symbol: round.symbol, leg: legOn(tried.exchange) };
  const wire = WIRES[tried.exchange](round.venueSymbol);
  return { processes, round, wire, life, workflowId: positionWorkflowId(life) };
}

/** The account's watcher reads again: it runs, wherever it was moved to. */
export const nextReading = ({ processes, life, wire }: Scene, timeoutMs: number) =>
  processes.venue.control.waitForRequest({ ...wire.reading, account: life.account, timeoutMs });
