/**
 * The halt: no entries while somebody else may be trading with this account's mark. Two copies that both
 * open would each take the other's orders for its own; positions that run stay kept and protected.
 */
import type { Refusal } from '../commands.ts';
import type { LegName, Symbol } from '../terms.ts';

export type Halt = {
  reason: string;
  /** The workflow's clock, when the first of the orders was told of. */
  atMs: number;
  /** Oldest first, at most `MAX_HALT_ORDERS`. */
  orderIds: string[];
};

/** The part of an account's state that this is about. */
export type HaltState = {
  /** Absent in accounts that began before there was a halt. */
  halted?: Halt | null;
  /** Orders that a person has seen, and resumed all the same; newest last. */
  acknowledgedOrders?: string[];
};

/** Every one beyond says nothing new. */
const MAX_HALT_ORDERS = 200;
/** Enough to look at. */
const MAX_NAMED = 5;
/** Orders live for long, and each is acknowledged by a person: more than this nobody resumes over. */
const MAX_ACKNOWLEDGED = 200;

/** Orders in this program's dialect that nobody here placed. */
export type StrangeOrders = { symbol: Symbol; leg: LegName; orderIds: string[] };

/** What the account changes when it is told; nothing where it knows all of it, or was told nothing. */
export function haltedBy(
  state: HaltState,
  told: Partial<StrangeOrders> | undefined,
  nowMs: number,
): HaltState {
  const { symbol, leg, orderIds } = told ?? {};
  if (symbol === undefined || leg === undefined || !Array.isArray(orderIds)) return {};
  const known = [...(state.acknowledgedOrders ?? []), ...(state.halted?.orderIds ?? [])];
  const strange = orderIds.filter((id) => typeof id === 'string' && !known.includes(id));
  if (strange.length === 0) return {};
  const before = state.halted;
  return {
    halted: {
      reason:
        before?.reason ?? `orders on ${symbol} ${leg} bear Holdfast's mark, and nothing here placed them`,
      atMs: before?.atMs ?? nowMs,
      orderIds: [...(before?.orderIds ?? []), ...strange].slice(0, MAX_HALT_ORDERS),
    },
  };
}

/** Lifts it; the same orders halt no second time. */
export const resumed = ({ halted, acknowledgedOrders = [] }: HaltState): HaltState => ({
  halted: null,
  acknowledgedOrders: [...acknowledgedOrders, ...(halted?.orderIds ?? [])].slice(-MAX_ACKNOWLEDGED),
});

export function checkHalt({ halted }: HaltState, account: string): Refusal | null {
  if (!halted) return null;
  return { code: 'halted', text: `entries on ${account} are halted: ${haltText(halted)}` };
}

/** What happened and what to do, for every screen. */
export const haltText = ({ reason, atMs, orderIds }: Halt): string =>
  `${reason} (${named(orderIds)}, since ${new Date(atMs).toISOString()}). Another copy may trade this account: end it, look at these orders, then resume`;

const named = (orderIds: readonly string[]): string => {
  const more = orderIds.length - MAX_NAMED;
  return [...orderIds.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};
