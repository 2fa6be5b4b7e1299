/** Bybit's socket frames: JSON text; answers to our own operations, and pushes by topic. */
import { parseExactJson } from '../ccxt/exact-json.ts';

export type Frame =
  /** The answer to our ping, in any of its three documented shapes. */
  | { kind: 'pong' }
  /** The answer to another operation of ours. */
  | { kind: 'answer'; op: string; success: boolean; text: string }
  | { kind: 'push'; topic: string; data: unknown; sentAtMs: unknown }
  | { kind: 'noise' };

/** Reads a frame; what is no JSON is noise and hurts nobody. */
export function readFrame(bytes: Buffer): Frame {
  const body = parseExactJson(bytes.toString('utf8'));
  if (typeof body !== 'object' || body === null) return { kind: 'noise' };
  const { topic, data, ts, op, success, ret_msg: text } = body as Record<string, unknown>; // fields are checked below
  if (typeof topic === 'string') return { kind: 'push', topic, data, sentAtMs: ts };
  if (typeof op !== 'string') return { kind: 'noise' };
  if (op === 'pong' || op === 'ping') return { kind: 'pong' };
  return { kind: 'answer', op, success: success === true, text: typeof text === 'string' ? text : '' };
}

/** Bybit wants to hear one at least every 20 s; ours comes with every look at the socket, which is oftener. */
export const PING = JSON.stringify({ op: 'ping' });

export const operation = (
  op: 'subscribe' | 'unsubscribe' | 'auth',
  args: readonly (string | number)[],
): string => JSON.stringify({ op, args });
