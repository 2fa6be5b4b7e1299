/**
 * Publications on their way to the journal, packed: a history carries them only until they are written,
 * and they would be most of it. Read again in `activities/unpacking.ts`; what was packed by an older
 * worker is unpacked by a newer one, so the shape only grows.
 */
import { deflateSync, strToU8 } from 'fflate/browser';
import { DICTIONARY, type PackedPublication } from '../contract/packed-publication.ts';
import type { TradeRow } from '../domain/position/trade.ts';
import type { PositionPublication } from '../domain/publication.ts';

/** Raw deflate of JSON. `trade`: the finished position's row, to be written with it. */
export function packed(publication: PositionPublication, trade: TradeRow | null): Uint8Array {
  const { events, ...rest } = publication;
  const shape: PackedPublication = {
    version: 1,
    // What is the same in all of them is the publication's own key.
    events: events.map(({ sequence, type, atMs, data }) => [sequence, type, atMs, data]),
    ...rest,
    ...(trade && { trade }),
  };
  return deflateSync(strToU8(JSON.stringify(shape)), { level: 9, dictionary: strToU8(DICTIONARY) });
}
