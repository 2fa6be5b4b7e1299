/** Binance's codes and words for what the books and the gateway refuse (its USDS-M futures error table). */
import type { Refusal, RefusalReason } from '../../book/refusal.ts';

/** `status`: HTTP, 400 where left out. */
export type BinanceError = { readonly code: number; readonly msg: string; readonly status?: number };

const WOULD_TRIGGER = { code: -2021, msg: 'Order would immediately trigger.' };
const REDUCE_ONLY = { code: -2022, msg: 'ReduceOnly Order is rejected.' };
const UNKNOWN_ORDER = { code: -2011, msg: 'Unknown order sent.' };
const SECOND_CLOSE_ALL = {
  code: -4130,
  msg: 'An open stop or take profit order with GTE and closePosition in the direction is existing.',
};

export const ERRORS = {
  tooManyAlgoOrders: { code: -4045, msg: 'Reach max stop order limit.' },
  noSuchOrder: { code: -2013, msg: 'Order does not exist.' },
  unknownOrder: UNKNOWN_ORDER,
  wouldTrigger: WOULD_TRIGGER,
  badSymbol: { code: -1121, msg: 'Invalid symbol.' },
  badSide: { code: -1117, msg: 'Invalid side.' },
  badType: { code: -1116, msg: 'Invalid orderType.' },
  badTimeInForce: { code: -1115, msg: 'Invalid timeInForce.' },
  badRespType: { code: -1136, msg: 'Invalid newOrderRespType.' },
  badPrecision: { code: -1111, msg: 'Precision is over the maximum defined for this asset.' },
  badInterval: { code: -1120, msg: 'Invalid interval.' },
  badPositionSide: { code: -4060, msg: 'Invalid position side.' },
  wrongPositionSide: { code: -4061, msg: "Order's position side does not match user's setting." },
  useAlgoOrders: {
    code: -4120,
    msg: 'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  },
  priceNotOnTick: { code: -4014, msg: 'Price not increased by tick size.' },
  priceTooLow: { code: -4013, msg: 'Price less than min price.' },
  priceTooHigh: { code: -4002, msg: 'Price greater than max price.' },
  priceNegative: { code: -4001, msg: 'Price less than 0.' },
  stopPriceNegative: { code: -4006, msg: 'Stop price less than zero.' },
  quantityNotPositive: { code: -4003, msg: 'Quantity less than or equal to zero.' },
  quantityTooLarge: { code: -4005, msg: 'Quantity greater than max quantity.' },
  clientIdTooLong: { code: -4015, msg: 'Client order id length should not be more than 36 chars' },
  noPositionForGte: {
    code: -4509,
    msg: 'Time in Force (TIF) GTE can only be used with open positions or open orders. Please ensure that positions or open orders are available.',
  },
  quantityWithClosePosition: {
    code: -4137,
    msg: 'Quantity must be zero with closePosition equals true',
  },
  badActivation: { code: -4135, msg: 'Invalid activation price' },
  badCallback: { code: -2007, msg: 'Invalid callBack rate.' },
  fokRejected: {
    code: -5021,
    msg: 'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
  },
  limitOrdersOnly: { code: -5025, msg: 'Only limit order is supported.' },
  nothingToModify: { code: -5027, msg: 'No need to modify the order.' },
  badTimeInterval: { code: -4165, msg: 'Invalid time interval' },
  badCombination: { code: -1128, msg: 'Combination of optional parameters invalid.' },
  badBatchSize: { code: -4082, msg: 'Invalid number of batch place orders.' },
  sameMarginType: { code: -4046, msg: 'No need to change margin type.' },
  marginTypeWithOrders: { code: -4047, msg: 'Margin type cannot be changed if there exists open orders.' },
  marginTypeWithPosition: { code: -4048, msg: 'Margin type cannot be changed if there exists position.' },
  samePositionSide: { code: -4059, msg: 'No need to change position side.' },
  positionSideWithOrders: {
    code: -4067,
    msg: 'Position side cannot be changed if there exists open orders.',
  },
  positionSideWithPosition: { code: -4068, msg: 'Position side cannot be changed if there exists position.' },
  sameAssetMode: {
    code: -4171,
    msg: 'Adjusted asset mode is currently set and does not need to be adjusted repeatedly.',
  },
  noListenKey: { code: -1125, msg: 'This listenKey does not exist.' },
  badSignature: { code: -1022, msg: 'Signature for this request is not valid.' },
  late: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' },
  early: { code: -1021, msg: "Timestamp for this request was 1000ms ahead of the server's time." },
  recvWindowTooLong: { code: -1131, msg: 'recvWindow must be less than 60000.' },
  keyFormat: { code: -2014, msg: 'API-key format invalid.', status: 401 },
  keyUnknown: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.', status: 401 },
  internal: { code: -1000, msg: 'An unknown error occurred while processing the request.', status: 500 },
} as const satisfies Record<string, BinanceError>;

const REFUSALS: Record<RefusalReason, BinanceError> = {
  'unknown-symbol': ERRORS.badSymbol,
  'duplicate-client-id': { code: -4116, msg: 'ClientOrderId is duplicated.' },
  'wrong-position-mode': ERRORS.wrongPositionSide,
  'order-not-found': UNKNOWN_ORDER,
  'order-already-filled': UNKNOWN_ORDER,
  'order-already-ended': UNKNOWN_ORDER,
  'bad-quantity': ERRORS.quantityNotPositive,
  'quantity-step': ERRORS.badPrecision,
  'below-min-quantity': { code: -4004, msg: 'Quantity less than min quantity.' },
  'below-min-notional': {
    code: -4164,
    msg: "Order's notional must be no smaller than 5.0 (unless you choose reduce only)",
  },
  'bad-price': ERRORS.priceNegative,
  'price-out-of-range': { code: -4016, msg: 'Price is higher than mark price multiplier cap.' },
  'insufficient-margin': { code: -2019, msg: 'Margin is insufficient.' },
  'nothing-to-close': REDUCE_ONLY,
  'no-position': REDUCE_ONLY,
  'closes-too-much': REDUCE_ONLY,
  'would-increase': REDUCE_ONLY,
  'stop-exists': SECOND_CLOSE_ALL,
  'target-exists': SECOND_CLOSE_ALL,
  'too-many-orders': { code: -2025, msg: 'Reach max open order limit.' },
  'post-only-would-take': {
    code: -5022,
    msg: 'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  },
  'long-stop-above': WOULD_TRIGGER,
  'short-stop-below': WOULD_TRIGGER,
  'long-target-below': WOULD_TRIGGER,
  'short-target-above': WOULD_TRIGGER,
  'mode-switch-with-positions': ERRORS.positionSideWithPosition,
  'leverage-too-high': { code: -4028, msg: 'Leverage is not valid' },
  'bad-request': { code: -1102, msg: 'A mandatory parameter was not sent, was empty/null, or malformed.' },
};

export const errorOf = (refusal: Refusal): BinanceError => REFUSALS[refusal.refused];

export const missing = (name: string): BinanceError => ({
  code: -1102,
  msg: `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
});

export const needless = (name: string): BinanceError => ({
  code: -1106,
  msg: `Parameter '${name}' sent when not required.`,
});

export const invalidData = (name: string): BinanceError => ({
  code: -1130,
  msg: `Data sent for parameter '${name}' is not valid.`,
});

export const belowNotional = (least: string): BinanceError => ({
  code: -4164,
  msg: `Order's notional must be no smaller than ${least} (unless you choose reduce only)`,
});
