/**
 * Whether positions and exchange agree, as the watcher sees it: from each complete reading and the rows
 * that the positions keep of themselves. Pure but for what it remembers.
 *
 * - A row is behind its position for a moment, and so is an exchange's list: what differs counts when it
 *   has differed for a while, or when the position itself says so.
 * - Without fresh readings nothing is known, whatever the last one said.
 */
import { compare } from '../../domain/audit/compare.ts';
import type { Difference, DifferenceKind } from '../../domain/audit/difference.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView } from '../../domain/view.ts';
import { legKey } from './legs.ts';
import type { LegId, LegKey } from './legs.ts';
import { withoutObvious } from './obvious.ts';

/** A leg on which both sides do not say the same. */
export type DifferingLeg = LegId & {
  /** When it was first seen to differ, epoch ms. */
  sinceMs: number;
  text: string;
};

export type Agreement = {
  state: 'in_agreement' | 'differs' | 'unknown';
  /** When both last agreed on every leg, epoch ms; null: not since this watch began. */
  agreedAtMs: number | null;
  /** Legs that differ, by the last complete reading, and since when there have been any. */
  count: number;
  sinceMs: number | null;
  /** The ones that differ longest, a few at most. */
  legs: readonly DifferingLeg[];
};

/** Longer than any exchange's list lags, and than a position takes to settle what it is told. */
const LASTING_MS = 10_000;
const SHOWN_LEGS = 10;

/** What is about positions; protection and journal have findings of their own. */
const KINDS: ReadonlySet<DifferenceKind> = new Set([
  'only_here',
  'only_at_exchange',
  'side',
  'quantity',
  'position_id',
  'missing_order',
]);

export type Reading = {
  snapshot: AccountSnapshot;
  views: readonly PositionView[];
  /** Legs that hold something and that no workflow keeps, whatever their rows say. */
  unmanaged: readonly LegId[];
};

export type AgreementWatch = {
  /** A complete reading, and the rows as they were when it began. */
  compare(reading: Reading, nowMs: number): void;
  now(ageOfTruthMs: number | null): Agreement;
};

/**
 * @param staleMs older truth is none
 * @param ignoresUnmanaged positions that no workflow keeps are none of our business
 */
export function createAgreement(
  account: string,
  { staleMs, ignoresUnmanaged }: { staleMs: number; ignoresUnmanaged: boolean },
): AgreementWatch {
  let seen = new Map<LegKey, SeenLeg>();
  let agreedAtMs: number | null = null;
  return {
    compare: (reading, nowMs) => {
      const before = seen;
      seen = new Map();
      for (const { symbol, leg, text, atOnce } of found(account, reading, ignoresUnmanaged)) {
        const key = legKey({ symbol, leg });
        const sinceMs = before.get(key)?.sinceMs ?? nowMs;
        const counts = atOnce || nowMs - sinceMs >= LASTING_MS || seen.get(key)?.counts === true;
        seen.set(key, { symbol, leg, sinceMs, text, counts });
      }
      if (lasting(seen).length === 0) agreedAtMs = reading.snapshot.takenAtMs;
    },
    now: (ageOfTruthMs) => {
      const legs = lasting(seen);
      const isKnown = ageOfTruthMs !== null && ageOfTruthMs <= staleMs;
      const state = legs.length === 0 ? 'in_agreement' : 'differs';
      return {
        state: isKnown ? state : 'unknown',
        agreedAtMs,
        count: legs.length,
        sinceMs: legs[0]?.sinceMs ?? null,
        legs: legs.slice(0, SHOWN_LEGS),
      };
    },
  };
}

type SeenLeg = DifferingLeg & { counts: boolean };

/** The ones that differ longest first. */
const lasting = (seen: ReadonlyMap<LegKey, SeenLeg>): DifferingLeg[] =>
  [...seen.values()]
    .filter(({ counts }) => counts)
    .map(({ symbol, leg, sinceMs, text }) => ({ symbol, leg, sinceMs, text }))
    .toSorted((a, b) => a.sinceMs - b.sinceMs);

type Found = LegId & { text: string; atOnce: boolean };

const DRIFT = 'the exchange shows something that its position cannot explain yet';
const UNMANAGED = 'no workflow keeps what the exchange holds here';

function found(account: string, { snapshot, views, unmanaged }: Reading, ignoresUnmanaged: boolean): Found[] {
  const doubtful = withoutObvious({ snapshot, views });
  return [
    ...views.filter(({ drift }) => drift).map((view) => ({ ...view, text: DRIFT, atOnce: true })),
    ...(ignoresUnmanaged ? [] : unmanaged.map((leg) => ({ ...leg, text: UNMANAGED, atOnce: true }))),
    ...compare(account, doubtful.views, doubtful.snapshot)
      .filter((difference) => isOfPositions(difference, ignoresUnmanaged))
      .map(({ symbol, leg, text }) => ({ symbol, leg, text, atOnce: false })),
  ];
}

const isOfPositions = ({ kind, weight }: Difference, ignoresUnmanaged: boolean): boolean =>
  weight === 'difference' && KINDS.has(kind) && !(ignoresUnmanaged && kind === 'only_at_exchange');
