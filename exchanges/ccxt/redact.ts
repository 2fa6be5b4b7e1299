/**
 * Takes secrets out of texts before they leave an adapter. ccxt puts the full signed URL into its
 * messages, and answers can echo headers; so whole URLs go, and every known secret by its value.
 */

/** The longest text that leaves an adapter: an HTML page in a message helps nobody. */
const MAX_TEXT = 300;

const URL_IN_TEXT = /\b(?:https?|wss?):\/\/[^\s"'<>]+/gi;
const SECRET_FIELD =
  /((?:signature|sign|api-?key|apiSecret|secret|listen-?key|X-BX-APIKEY)["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi;
/** Hex and base64url of signature length: nothing a reader needs is that long. */
const LONG_TOKEN = /\b[A-Za-z0-9_-]{48,}\b/g;

/** Redacts what can be recognised without knowing the secrets. */
export function redactPatterns(text: string): string {
  const clean = text
    .replace(URL_IN_TEXT, '[url]')
    .replace(SECRET_FIELD, '$1[redacted]')
    .replace(LONG_TOKEN, '[redacted]');
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}...` : clean;
}

export type Redact = (text: string) => string;

/** A redactor that also knows the secrets of one connection, in any of the spellings a URL can give them. */
export function createRedactor(secrets: readonly string[]): Redact {
  const spellings = secrets
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return (text) =>
    redactPatterns(spellings.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text));
}
