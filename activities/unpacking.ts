/** Reads what `workflows/packing.ts` packed. */
import { inflateRawSync } from 'node:zlib';
import { DICTIONARY, type PackedPublication } from '../contract/packed-publication.ts';
import type { TradeRow } from '../domain/position/trade.ts';
import type { PositionPublication } from '../domain/publication.ts';

/** Many times what a position ever tells at once. */
const MAX_BYTES = 16 * 1024 * 1024;

/** `left`: the position tells the account by itself that it is over. */
type Unpacked = { publication: PositionPublication; trade: TradeRow | null; left: boolean };

/** @throws on bytes that no position of ours packed */
export function unpacked(bytes: Uint8Array): Unpacked {
  const text = inflateRawSync(bytes, {
    maxOutputLength: MAX_BYTES,
    dictionary: Buffer.from(DICTIONARY),
  }).toString();
  // Our own workflow made it, and its version says in which shape.
  const { version, events, trade, left, ...rest } = JSON.parse(text) as PackedPublication;
  if (version !== 1) throw new Error(`a publication of version ${String(version)}: this worker is too old`);
  const publication = {
    ...rest,
    events: events.map(([sequence, type, atMs, data]) => ({ ...rest.key, sequence, type, atMs, data })),
  };
  return { publication, trade: trade ?? null, left: left ?? false };
}
