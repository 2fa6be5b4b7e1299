/** What clients see of lists: positions late by the lag, and lists that a planned fault falsifies. */
import type { Books } from './book/books.ts';
import { isOpen } from './book/model.ts';
import type { Order, Position } from './book/model.ts';
import type { Distortion } from './wire.ts';

const ROLLED_BACK_MS = 5_000;

/** An account's positions as they were `positionLagMs` ago. */
export function visiblePositions(
  books: Books,
  account: string,
  distortion: Distortion | undefined,
): Position[] {
  const usual = books.settings().positionLagMs;
  const lagMs =
    distortion?.kind === 'lag-positions' || distortion?.kind === 'stale-positions'
      ? (distortion.params.ms ?? ROLLED_BACK_MS)
      : usual;
  const all =
    lagMs <= 0 ? [...books.positions.values()] : books.positionVersions.at(books.wallClock() - lagMs);
  return all.filter((row) => row.account === account);
}

/** Rows of an answer about positions, after an `empty-positions` or `partial-positions` fault. */
export function keptPositions<T>(rows: readonly T[], distortion: Distortion | undefined): readonly T[] {
  if (distortion?.kind === 'empty-positions') return [];
  if (distortion?.kind !== 'partial-positions') return rows;
  return rows.slice(0, distortion.params.keep ?? Math.max(0, rows.length - 1));
}

/** An account's open orders; as they were a while ago, or none, where a fault says so. */
export function visibleOpenOrders(
  books: Books,
  account: string,
  distortion: Distortion | undefined,
): Order[] {
  if (distortion?.kind === 'empty-orders') return [];
  const all =
    distortion?.kind === 'stale-orders'
      ? books.orderVersions.at(books.wallClock() - (distortion.params.ms ?? ROLLED_BACK_MS)).filter(isOpen)
      : [...books.open.values()];
  return all.filter((order) => order.account === account && order.state !== 'vanished');
}

/** Plays malformed numbers: `value` stands where the named members carried figures; ids, times and words stay. */
export function replaceFigures(data: unknown, value: string | null, figures: ReadonlySet<string>): unknown {
  if (Array.isArray(data)) return data.map((row) => replaceFigures(row, value, figures));
  // A bare integer (a raw JSON number) is no plain object: it is an id and stays.
  if (typeof data !== 'object' || data === null || Object.getPrototypeOf(data) === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, field]) => [
      key,
      figures.has(key) ? value : replaceFigures(field, value, figures),
    ]),
  );
}
