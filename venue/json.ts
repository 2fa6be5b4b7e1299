/** JSON with integers beyond 2^53, which BingX sends as bare numbers. */

// `JSON.rawJSON` is in Node 24 but not yet in TypeScript's library.
const raw = JSON as unknown as { readonly rawJSON: (text: string) => object };

/** An integer that is written digit by digit, e.g. a 19-digit order id. */
export function bareInteger(digits: string): object {
  if (!/^\d{1,30}$/.test(digits)) throw new Error(`${digits} is no integer`);
  return raw.rawJSON(digits);
}

/** A decimal string as a bare JSON number. */
export function bareDecimal(text: string): object {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(`${text} is no decimal`);
  return raw.rawJSON(text);
}
