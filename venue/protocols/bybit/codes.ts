/** Bybit's words for what the books and the gateway refuse (its error code table, UTA and contract sections). */
import type { Refusal, RefusalReason } from '../../book/refusal.ts';

export type BybitError = { readonly retCode: number; readonly retMsg: string };

const PARAMS_ERROR = 10001;

const REFUSALS: Record<RefusalReason, number> = {
  'unknown-symbol': PARAMS_ERROR,
  'duplicate-client-id': 110072,
  'wrong-position-mode': PARAMS_ERROR,
  'order-not-found': 110001,
  'order-already-filled': 110001,
  'order-already-ended': 110010,
  'bad-quantity': PARAMS_ERROR,
  'quantity-step': PARAMS_ERROR,
  'below-min-quantity': PARAMS_ERROR,
  'below-min-notional': 110094,
  'bad-price': PARAMS_ERROR,
  'price-out-of-range': 110003,
  'insufficient-margin': 110007,
  'nothing-to-close': 110017,
  'no-position': 110017,
  'closes-too-much': 110017,
  'would-increase': 110017,
  'stop-exists': 110009,
  'target-exists': 110009,
  'too-many-orders': 110020,
  'post-only-would-take': PARAMS_ERROR,
  'long-stop-above': PARAMS_ERROR,
  'short-stop-below': PARAMS_ERROR,
  'long-target-below': PARAMS_ERROR,
  'short-target-above': PARAMS_ERROR,
  'mode-switch-with-positions': 110024,
  'leverage-too-high': 110013,
  'bad-request': PARAMS_ERROR,
};

/** Where Bybit's text is known it is used; elsewhere the books' own detail stands. */
const TEXTS: Partial<Record<RefusalReason, string>> = {
  'duplicate-client-id': 'OrderLinkedID is duplicate',
  'wrong-position-mode': 'position idx not match position mode',
  'order-not-found': 'order not exists or too late to cancel',
  'order-already-filled': 'order not exists or too late to cancel',
  'order-already-ended': 'The order has been cancelled',
  'quantity-step': 'Qty invalid',
  'bad-quantity': 'Qty invalid',
  'below-min-quantity': 'The number of contracts exceeds minimum limit allowed',
  'below-min-notional': 'Order does not meet minimum order value',
  'price-out-of-range': 'Order price exceeds the allowable range.',
  'insufficient-margin': 'ab not enough for new order',
  'nothing-to-close': 'current position is zero, cannot fix reduce-only order qty',
  'no-position': 'current position is zero, cannot fix reduce-only order qty',
  'closes-too-much': 'Reduce-only rule not satisfied',
  'would-increase': 'Reduce-only rule not satisfied',
  'too-many-orders': 'Not allowed to have more than 500 active orders.',
};

export const errorOf = ({ refused, detail }: Refusal): BybitError => ({
  retCode: REFUSALS[refused],
  retMsg: TEXTS[refused] ?? detail,
});

/** A parameter that is missing or makes no sense. */
export const invalid = (retMsg: string): BybitError => ({ retCode: PARAMS_ERROR, retMsg });

export const ERRORS = {
  timeout: { retCode: 10000, retMsg: 'Server Timeout' },
  emptyAuth: {
    retCode: PARAMS_ERROR,
    retMsg: 'Request parameter error: empty value: apiTimestamp[] apiKey[] apiSignature[]',
  },
  keyInvalid: { retCode: 10003, retMsg: 'API key is invalid.' },
  noPermission: { retCode: 10005, retMsg: 'Permission denied, please check your API key permissions.' },
  tooManyVisits: { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.' },
  tooFrequent: { retCode: 10006, retMsg: '403, access too frequent' },
  internal: { retCode: 10016, retMsg: 'Server error.' },
  noRoute: { retCode: 404, retMsg: 'Path not found' },
  modeBusyPositions: {
    retCode: 110024,
    retMsg: 'You have an existing position, so the position mode cannot be switched.',
  },
  modeBusyOrders: {
    retCode: 110028,
    retMsg: 'You have existing open orders, so the position mode cannot be switched.',
  },
  modeUnchanged: { retCode: 110025, retMsg: 'Position mode is not modified' },
  leverageUnchanged: { retCode: 110043, retMsg: 'leverage not modified' },
  stopUnchanged: { retCode: 34040, retMsg: 'not modified' },
  tooManyStops: {
    retCode: 110009,
    retMsg: 'The number of stop orders exceeds the maximum allowable limit 10',
  },
  orderUnchanged: invalid('The order remains unchanged as the parameters entered match the existing ones.'),
  noPositionForStop: invalid('can not set tp/sl/ts for zero position'),
  modeMismatch: invalid('position idx not match position mode'),
} as const satisfies Record<string, BybitError>;

export const isError = (value: object): value is BybitError => 'retCode' in value;
