/** The single values that settings are made of; their messages are written `problem | fix`. */
import { z } from 'zod';
import { isPositive, isZero, lt, parseDecimal } from '../domain/decimal.ts';
import { parseSymbol } from './symbol.ts';

/** Numbers and decimal strings are both welcome in a file; inside they are decimal strings. */
const number = (isRight: (value: string) => boolean, what: string) =>
  z
    .union([z.string(), z.number()], { error: 'this is not a number | Write a number, e.g. 1.5' })
    .transform((value, context) => {
      const parsed = parseDecimal(value);
      if (parsed !== undefined && isRight(parsed)) return parsed;
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(value)} is not ${what} | Write a number, e.g. 1.5`,
      });
      return z.NEVER;
    });

export const decimal = number(isPositive, 'a number above 0');

/** Percent of a price that something stays behind by: all of it would be no price. */
export const partPercent = number(
  (value) => isPositive(value) && lt(value, '100'),
  'a number above 0 and under 100',
);

/** As `partPercent`, or nothing. */
export const offsetPercent = number(
  (value) => isZero(value) || (isPositive(value) && lt(value, '100')),
  'a number from 0 to under 100',
);

/** Percent of a quantity. */
export const sharePercent = number(
  (value) => isPositive(value) && !lt('100', value),
  'a number above 0 and up to 100',
);

export const port = z.int().min(1).max(65_535);
export const milliseconds = z.int().min(0).max(86_400_000);

/** The value is never repeated: a URL can carry a password. */
export const url = z.string().refine(isBaseUrl, {
  error: 'this is not a plain base URL | Write it like http://127.0.0.1:7835, without a password or a query',
});

function isBaseUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return false;
  return parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
}

/** The value is never repeated in the message: it may be a secret that was put here by mistake. */
export const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error:
    'this is not the name of an environment variable | Write the name only, e.g. BINGX_API_KEY, and set the variable where Holdfast starts',
});

export const tradedSymbol = z.string().transform((text, context) => {
  const symbol = parseSymbol(text);
  if (symbol !== undefined) return symbol;
  context.addIssue({ code: 'custom', message: 'this is not a symbol | Write it like BTC/USDT:USDT' });
  return z.NEVER;
});

/** `default` holds for every symbol that has no line of its own. */
export const symbolName = z.string().refine((text) => text === 'default' || parseSymbol(text) !== undefined, {
  error: 'this is not a symbol | Write it like BTC/USDT:USDT, or default for all others',
});
