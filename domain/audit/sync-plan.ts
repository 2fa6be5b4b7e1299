/**
 * What brings bot and exchange together again: differences in, actions out. Pure; the dry run shows the
 * plan, and what carries it out asks for it anew after every step, so both always mean the same.
 *
 * - The exchange is right about what is open: nothing planned here trades. Stops and targets are placed
 *   by the position that is told or taken up, by its own rules.
 * - One leg gets one action; what is only worth knowing gets none.
 */
import type { AdoptionPolicy } from '../commands.ts';
import type { KeptPolicy } from '../position/adoption.ts';
import { counts, type Difference, type DifferenceKind } from './difference.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import type { LegName, Symbol } from '../terms.ts';

type Work =
  /** A workflow takes the position up, under this policy. */
  | { action: 'create'; policy: KeptPolicy }
  /** The position is told what the exchange shows, and does the rest itself. */
  | { action: 'close' | 'update' | 'protect' | 'refresh_price'; workflowId: string }
  /** The journal gets the exchange's figures: a row that is missing, or those that one lacks. */
  | { action: 'write_trade'; closed: ClosedPosition; epoch: string | null }
  /** Nothing keeps it and nothing is open: it is no longer written down as open. */
  | { action: 'forget'; epoch: string }
  /** Only a person can put it right; `text` says how. */
  | { action: 'by_hand' };

export type SyncAction = {
  account: string;
  symbol: Symbol;
  leg: LegName;
  because: DifferenceKind[];
  /** What is done, as a sentence. */
  text: string;
} & Work;

/** @param policy under which a position is taken up that nobody keeps; `ignore`: it is left to a person */
export function planSync(differences: readonly Difference[], policy: AdoptionPolicy): SyncAction[] {
  const real = differences.filter(counts);
  const gaps = real.flatMap((one) => (one.closed ? [writeTrade(one, one.closed)] : []));
  const legs = Map.groupBy(
    real.filter(({ closed }) => !closed),
    ({ account, symbol, leg }) => `${account} ${symbol} ${leg}`,
  );
  return [...[...legs.values()].flatMap((group) => legActions(group, policy)), ...gaps];
}

/** Names what an action is about: the same after every step. */
export const actionKey = ({ account, symbol, leg, ...work }: SyncAction): string =>
  [
    account,
    symbol,
    leg,
    ...(work.action === 'write_trade' ? [work.epoch ?? work.closed.closedAtMs] : []),
  ].join(' ');

function legActions(group: Difference[], policy: AdoptionPolicy): SyncAction[] {
  const foreignHands = group.filter(({ kind }) => kind === 'unplaced_order');
  const rest = group.filter(({ kind }) => kind !== 'unplaced_order');
  return [
    ...(rest.length > 0 ? [legAction(rest, policy)] : []),
    ...(foreignHands.length > 0 ? [stopOther(foreignHands)] : []),
  ];
}

function legAction(group: Difference[], policy: AdoptionPolicy): SyncAction {
  const kinds = group.map(({ kind }) => kind);
  const abandoned = group.find(({ kind }) => kind === 'no_workflow');
  if (abandoned && (kinds.includes('only_here') || abandoned.there === null)) {
    const work = { action: 'forget', epoch: abandoned.epoch ?? '' } as const;
    return toAction(
      group,
      work,
      'take it off the list of what is open: no workflow keeps it, and nothing is',
    );
  }
  if (abandoned || kinds.includes('only_at_exchange')) return takeUp(group, policy);
  const workflowId = group.find((one) => one.workflowId !== null)?.workflowId;
  if (workflowId === undefined || workflowId === null)
    return toAction(group, { action: 'by_hand' }, 'look at it: no position is known that could be told');
  const action = tellingOf(kinds);
  return toAction(group, { action, workflowId }, TELLING_TEXT[action]);
}

function takeUp(group: Difference[], policy: AdoptionPolicy): SyncAction {
  return policy === 'ignore'
    ? toAction(group, { action: 'by_hand' }, 'left alone by policy; take it up with --policy, or close it')
    : toAction(group, { action: 'create', policy }, TAKING_TEXT[policy]);
}

const TAKING_TEXT: Readonly<Record<KeptPolicy, string>> = {
  watch: 'take it up, and only watch it',
  protect: 'take it up, and place the stop that it lacks',
  manage: 'take it up with its orders, and manage it',
};

type Telling = 'close' | 'update' | 'protect' | 'refresh_price';

/** The gravest first: what follows from it comes right with it. */
const TELLING: readonly [Telling, readonly DifferenceKind[]][] = [
  ['close', ['only_here']],
  ['update', ['side', 'quantity', 'position_id', 'no_row']],
  ['protect', ['missing_protection', 'wrong_protection', 'missing_order']],
];

const tellingOf = (kinds: readonly DifferenceKind[]): Telling =>
  TELLING.find(([, causes]) => causes.some((cause) => kinds.includes(cause)))?.[0] ?? 'refresh_price';

const TELLING_TEXT: Readonly<Record<Telling, string>> = {
  close: "end it here, with the exchange's figures",
  update: 'take over what the exchange shows, and fit stop and target to it',
  protect: 'place the stop and target that are wanted',
  refresh_price: "take the average entry over from the exchange's executions",
};

const stopOther = (group: Difference[]): SyncAction =>
  toAction(
    group,
    { action: 'by_hand' },
    'another copy may trade this account: stop one of the two, then cancel what is left of its orders',
  );

const writeTrade = (gap: Difference, closed: ClosedPosition): SyncAction =>
  toAction(
    [gap],
    { action: 'write_trade', closed, epoch: gap.epoch ?? null },
    gap.epoch === undefined ? "write the row from the exchange's history" : "fill in the exchange's figures",
  );

function toAction(group: Difference[], work: Work, text: string): SyncAction {
  const [first] = group;
  if (!first) throw new Error('an action is for one difference at least');
  const { account, symbol, leg } = first;
  return { account, symbol, leg, because: group.map(({ kind }) => kind), text, ...work };
}
