/** Symbols as people write them: `BTC/USDT:USDT`, `BTC-USDT`, `BTCUSDT`, `btc`. */
import type { Symbol } from '../domain/terms.ts';

/** Quote currencies recognised without a separator; longer ones first, so that USDT is not read as USD. */
const QUOTES = ['USDT', 'USDC', 'USD'] as const;
const DEFAULT_QUOTE = 'USDT';

/** The unified symbol of a linear perpetual that `text` names, or undefined where it names none. */
export function parseSymbol(text: string): Symbol | undefined {
  const upper = text.trim().toUpperCase();
  const unified = /^([A-Z0-9]+)[/\-_]([A-Z]+)(?::([A-Z]+))?$/.exec(upper);
  if (unified) {
    const [, base, quote, settle] = unified;
    return settle === undefined || settle === quote ? `${base}/${quote}:${quote}` : undefined;
  }
  if (!/^[A-Z0-9]+$/.test(upper)) return undefined;
  const quote = QUOTES.find((candidate) => upper.endsWith(candidate) && upper.length > candidate.length);
  return quote
    ? `${upper.slice(0, -quote.length)}/${quote}:${quote}`
    : `${upper}/${DEFAULT_QUOTE}:${DEFAULT_QUOTE}`;
}
