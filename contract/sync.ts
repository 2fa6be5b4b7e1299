/** The workflow that compares accounts with their exchanges, and brings them together where it may. */
import type { AdoptionPolicy } from '../domain/commands.ts';

/** The schedule of the daily run, one per namespace. */
export const DAILY_SYNC = 'holdfast-daily-sync';

export type SyncInput = {
  version: 1;
  accounts: string[];
  /** Accounts that cannot be served as they are configured, and why: named in the report. */
  unusable?: { account: string; error: string }[];
  /** False: it only looks. */
  execute: boolean;
  cause: 'daily' | 'request';
  /** Under which positions are taken up that nobody keeps; null: as each account is configured. */
  policy: AdoptionPolicy | null;
};
