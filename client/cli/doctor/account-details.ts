/** What `doctor` knows of one account; what could not be looked at is null. */
import type { TruthReport } from '../../../config/serving.ts';
import type { AccountMode, ExchangeName, PositionMode } from '../../../domain/terms.ts';
import type { KeyPermissions, LimitUse, StreamState } from '../../../exchanges/exchange.ts';
import type { Difference } from '../../../domain/audit/difference.ts';
import type { Entries } from '../entries.ts';

/** `note`: works, and may surprise. */
export type State = 'ok' | 'note' | 'wrong';

/** One thing that is not as it should be, or worth knowing. */
export type Problem = { state: Exclude<State, 'ok'>; text: string; remedy: string };

export type AccountDetails = {
  name: string;
  exchange: ExchangeName | null;
  mode: AccountMode | null;
  /** By the workers that run on this data folder; `nobody` where none says anything. */
  served: 'serving' | 'connecting' | 'not_served' | 'nobody';
  reachable: boolean | null;
  /** The exchange's clock minus this machine's. */
  clockSkewMs: number | null;
  keys: 'accepted' | 'refused' | 'unknown';
  permissions: KeyPermissions | null;
  positionMode: PositionMode | null;
  configuredPositionMode: PositionMode | null;
  /** How many markets' rules could be read. */
  markets: number | null;
  sockets: { prices: StreamState; account: StreamState } | null;
  /** As the worker's gateway counts them, else as this examination found them. */
  limits: readonly LimitUse[] | null;
  /** Positions at the exchange; null where it could not be read whole. */
  positions: number | null;
  /** Between the exchange and what is kept here. */
  drift: readonly Difference[] | null;
  /** Whether it takes entries, as its workflow says; null where no worker here serves it. */
  entries: Entries | null;
  /** How well the worker that watches the account knows it; null where none says anything. */
  truth: TruthReport | null;
  problems: readonly Problem[];
};

export const unknownDetails = (name: string): AccountDetails => ({
  name,
  exchange: null,
  mode: null,
  served: 'nobody',
  reachable: null,
  clockSkewMs: null,
  keys: 'unknown',
  permissions: null,
  positionMode: null,
  configuredPositionMode: null,
  markets: null,
  sockets: null,
  limits: null,
  positions: null,
  drift: null,
  entries: null,
  truth: null,
  problems: [],
});
