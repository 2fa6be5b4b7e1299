/**
 * Publications on their way to the journal, packed: a history carries them only until they are written,
 * and they would be most of it. Read again in `activities/unpacking.ts`; what was packed by an older
 * worker is unpacked by a newer one, so the shape only grows.
 */
import { deflateSync, strToU8 } from 'fflate/browser';
import { DICTIONARY, type PackedPublication } from '../contract/packed-publication.ts';
import type { TradeRow } from '../domain/position/trade.ts';
import type { PositionPublication } from '../domain/publication.ts';

/** The end of a position: its row, and whether something is left on the leg. */
export type Ending = { trade: TradeRow; left: boolean };

/** Raw deflate of JSON. With `ending`, the row is written and the account told that the leg is free. */
export function packed(publication: PositionPublication, ending: Ending | null): Uint8Array {
  const { events, ...rest } = publication;
  const shape: PackedPublication = {
    version: 1,
    // What is the same in all of them is the publication's own key.
    events: events.map(({ sequence, type, atMs, data }) => [sequence, type, atMs, data]),
    ...rest,
    ...(ending && { trade: ending.trade, ...(ending.left && { left: true }) }),
  };
  return deflateSync(strToU8(JSON.stringify(shape)), { level: 9, dictionary: strToU8(DICTIONARY) });
}
