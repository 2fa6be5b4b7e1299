/** What can differ between a bot and its exchange, in a shape for people and programs. */
import type { ClosedPosition } from '../exchange-truth.ts';
import type { LegName, Symbol } from '../terms.ts';

/** Stable, for programs; kinds are only ever added. */
export type DifferenceKind =
  | 'only_here' // kept here, flat at the exchange
  | 'only_at_exchange' // open at the exchange, kept by nobody
  | 'side'
  | 'quantity'
  | 'price' // the average entry, beyond what rounding explains
  | 'position_id'
  | 'missing_protection' // no live stop would close all of it
  | 'wrong_protection' // a stop or target rests with another price, quantity or side than is wanted
  | 'missing_order' // counts as resting here, is not open at the exchange
  | 'unplaced_order' // in Holdfast's own dialect, and no position here has placed it
  | 'foreign_order' // of somebody else, on any leg
  | 'missing_trade' // closed at the exchange, without a row in the journal
  | 'incomplete_trade' // a row without the exchange's figures
  | 'no_workflow' // written down as open, and no workflow keeps it
  | 'no_row'; // kept by a workflow, and not written down as open

export type Difference = {
  account: string;
  symbol: Symbol;
  leg: LegName;
  kind: DifferenceKind;
  /** `note`: worth knowing, and nothing that has to be put right. */
  weight: 'difference' | 'note';
  /** A sentence. */
  text: string;
  /** The figure here and at the exchange, where one can be compared. */
  here: string | null;
  there: string | null;
  /** Of the position that is meant, where one is kept. */
  workflowId: string | null;
  /** For gaps of the journal: the exchange's row, and the epoch of ours where there is one. */
  closed?: ClosedPosition;
  epoch?: string;
};

/** Makes the differences of one leg; figures and weight where they matter. */
export type Found = (
  kind: DifferenceKind,
  text: string,
  more?: Partial<Pick<Difference, 'weight' | 'here' | 'there' | 'closed' | 'epoch'>>,
) => Difference;

export const finder =
  (of: { account: string; symbol: Symbol; leg: LegName }, workflowId: string | null = null): Found =>
  (kind, text, more = {}) => ({
    account: of.account,
    symbol: of.symbol,
    leg: of.leg,
    kind,
    weight: 'difference',
    text,
    here: null,
    there: null,
    workflowId,
    ...more,
  });

/** Whether two readings tell of the same difference; its figures may have moved on meanwhile. */
export const isSame = (a: Difference, b: Difference): boolean =>
  a.account === b.account &&
  a.symbol === b.symbol &&
  a.leg === b.leg &&
  a.kind === b.kind &&
  (a.closed?.closedAtMs ?? null) === (b.closed?.closedAtMs ?? null);

/** Whether it has to be put right. */
export const counts = ({ weight }: Difference): boolean => weight === 'difference';
