/** Why the books don't take a request. Each protocol has its own code and words for each of them. */
export type RefusalReason =
  | 'unknown-symbol'
  | 'duplicate-client-id'
  | 'wrong-position-mode'
  | 'order-not-found'
  | 'order-already-filled'
  | 'order-already-ended'
  | 'bad-quantity'
  | 'quantity-step'
  | 'below-min-quantity'
  | 'below-min-notional'
  | 'bad-price'
  | 'price-out-of-range'
  | 'insufficient-margin'
  | 'nothing-to-close'
  | 'no-position'
  | 'closes-too-much'
  | 'would-increase'
  | 'stop-exists'
  | 'target-exists'
  | 'too-many-orders'
  | 'post-only-would-take'
  | 'long-stop-above'
  | 'short-stop-below'
  | 'long-target-below'
  | 'short-target-above'
  | 'mode-switch-with-positions'
  | 'leverage-too-high'
  | 'bad-request';

export type Refusal = { readonly refused: RefusalReason; readonly detail: string };

export const refuse = (refused: RefusalReason, detail: string): Refusal => ({ refused, detail });

export const isRefusal = (value: object): value is Refusal => 'refused' in value;
