/** BingX's socket frames: gzipped text, mostly JSON, and the heartbeat `Ping` that wants a `Pong`. */
import { gunzipSync } from 'node:zlib';
import { parseExactJson } from '../ccxt/exact-json.ts';

/** BingX sends its heartbeat this often, and wants this for an answer. */
export const HEARTBEAT_MS = 5_000;
export const PONG = 'Pong';

/** Unpacked, a frame is no larger than this. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

export type Frame = { kind: 'ping' } | { kind: 'message'; body: object } | { kind: 'noise' };

/** Reads a frame; what is neither gzip nor text, or no JSON, is noise and hurts nobody. */
export function readFrame(frame: Buffer): Frame {
  const text = unpacked(frame);
  if (text === undefined) return { kind: 'noise' };
  if (text.trim() === 'Ping') return { kind: 'ping' };
  const body = parseExactJson(text);
  if (typeof body !== 'object' || body === null) return { kind: 'noise' };
  return 'ping' in body ? { kind: 'ping' } : { kind: 'message', body };
}

function unpacked(frame: Buffer): string | undefined {
  const zipped = frame[0] === 0x1f && frame[1] === 0x8b;
  if (!zipped) return frame.toString('utf8');
  try {
    return gunzipSync(frame, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}

export const subscription = (id: string, reqType: 'sub' | 'unsub', dataType: string): string =>
  JSON.stringify({ id, reqType, dataType });
