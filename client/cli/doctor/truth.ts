/** What is not as it should be with what a worker knows of its account. */
import type { TruthReport } from '../../../config/serving.ts';
import { duration, moment, plural } from '../render/format.ts';
import { countsText } from '../render/truth.ts';
import type { AccountDetails, Problem } from './account-details.ts';

export function truthProblems({ truth, drift }: AccountDetails): Problem[] {
  if (truth === null) return [];
  // What this examination sees itself needs no second line.
  const seen = (drift?.length ?? 0) > 0;
  return [...unread(truth), ...uncovered(truth), ...frequent(truth), ...(seen ? [] : differing(truth))];
}

function unread({ state, ageMs }: TruthReport): Problem[] {
  if (state !== 'unknown') return [];
  const since = ageMs === null ? 'since it began to watch' : `for ${duration(ageMs)}`;
  const remedy = 'It goes on trying: see its log for what the exchange answers';
  return [{ state: 'wrong', text: `the worker could not read the whole account ${since}`, remedy }];
}

function uncovered({ cover }: TruthReport): Problem[] {
  if (cover.uncovered === 0) return [];
  const have = plural(cover.uncovered, 'open position has', 'open positions have');
  const remedy = 'See holdfast positions; a running worker goes on trying';
  return [{ state: 'wrong', text: `${have} no full cover by live stops`, remedy }];
}

function frequent({ alert, reconciliations }: TruthReport): Problem[] {
  if (alert === null) return [];
  const what = countsText(reconciliations.lastHour) || countsText(reconciliations.today);
  const times = `${alert.count} within ${duration(alert.windowMs)}${what && ` (${what})`}`;
  const text = `reconciliations are frequent since ${moment(alert.sinceAt)}: ${times}`;
  const remedy = 'Somebody else trades there, or orders vanish: see holdfast journal --reconciliations';
  return [{ state: 'wrong', text, remedy }];
}

function differing({ state, legs, differs, differsSince }: TruthReport): Problem[] {
  if (state !== 'differs') return [];
  const list = legs.map(({ symbol, leg, text }) => `${symbol} ${leg}: ${text}`).join('; ');
  const text = `the worker sees ${plural(differs, 'leg differs', 'legs differ')} since ${moment(differsSince)}: ${list}`;
  return [{ state: 'note', text, remedy: 'See holdfast diagnose; a running worker settles what is its own' }];
}
