/** BingX's words for what the books and the gateway refuse (its error code table, futures section). */
import type { Refusal, RefusalReason } from '../../book/refusal.ts';

export type BingxError = { readonly code: number; readonly msg: string };

const REFUSALS: Record<RefusalReason, number> = {
  'unknown-symbol': 109425,
  'duplicate-client-id': 101481,
  'wrong-position-mode': 109400,
  'order-not-found': 109421,
  'order-already-filled': 80018,
  'order-already-ended': 109421,
  'bad-quantity': 110400,
  'quantity-step': 110425,
  'below-min-quantity': 110422,
  'below-min-notional': 101202,
  'bad-price': 110402,
  'price-out-of-range': 101211,
  'insufficient-margin': 101204,
  'nothing-to-close': 101205,
  'no-position': 109420,
  'closes-too-much': 110203,
  'would-increase': 101290,
  'stop-exists': 110406,
  'target-exists': 110407,
  'too-many-orders': 101419,
  'post-only-would-take': 101215,
  'long-stop-above': 110411,
  'short-stop-below': 110412,
  'long-target-below': 110413,
  'short-target-above': 110414,
  'mode-switch-with-positions': 104103,
  'leverage-too-high': 101414,
  'bad-request': 109400,
};

export const errorOf = (refusal: Refusal): BingxError => ({
  code: REFUSALS[refusal.refused],
  msg: refusal.detail,
});

export const ERRORS = {
  signatureMissing: { code: 100412, msg: 'Signature is null: include a valid signature in your request' },
  signatureWrong: { code: 100001, msg: 'Signature verification failed due to signature mismatch' },
  keyWrong: { code: 100413, msg: 'Incorrect apiKey' },
  noPermission: {
    code: 100004,
    msg: 'Permission denied as the API key was created without the trading permission',
  },
  timestamp: { code: 100421, msg: 'Null timestamp or timestamp mismatch' },
  noRoute: { code: 100404, msg: 'the api path does not exist or the request method is incorrect' },
  wrongMethod: { code: 100400, msg: 'this api is not exist, please refer to the API docs' },
  rateLimit: {
    code: 100410,
    msg: 'Request rate limit exceeded. Reduce request frequency and retry after the cooldown period.',
  },
  internal: { code: 109500, msg: 'Internal server error' },
} as const satisfies Record<string, BingxError>;

export const invalid = (msg: string): BingxError => ({ code: 109400, msg });
