/** What `doctor` finds. */
import type { AccountDetails, State } from './account-details.ts';

/** `remedy` says what to do; `note`: works, and may surprise. */
export type Finding = {
  what: string;
  state: State;
  text: string;
  remedy?: string;
  /** Of a configured account: everything that was looked at. */
  account?: AccountDetails;
};

/** An examination that itself fails is a finding, not the end of the examination. */
export async function attempt(what: string, remedy: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { what, state: 'wrong', text: error instanceof Error ? error.message : String(error), remedy };
  }
}

const GRAVITY: Record<State, number> = { ok: 0, note: 1, wrong: 2 };

export const gravest = (states: readonly State[]): State =>
  states.reduce<State>((worst, state) => (GRAVITY[state] > GRAVITY[worst] ? state : worst), 'ok');
