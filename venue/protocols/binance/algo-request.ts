/** Reads a conditional ("algo") order request into the books' own terms. */
import { gte, lte, parseDecimal, lt, gt, div, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { closingSide, legKey } from '../../book/model.ts';
import type { Market, Order, Trail, Trigger } from '../../book/model.ts';
import type { OrderRequest } from '../../book/place.ts';
import type { OrderSide, PriceSource } from '../../control/types.ts';
import type { Params } from './auth.ts';
import { isError, isTrue, param } from './call.ts';
import { ERRORS, missing, needless } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { newOrderId } from './format.ts';
import {
  CONDITIONAL_TYPES,
  readClientId,
  readPrice,
  readQuantity,
  readTimeInForce,
  readWho,
} from './order-request.ts';
import type { Asking } from './order-request.ts';

const SOURCES: Readonly<Record<string, PriceSource>> = { MARK_PRICE: 'mark', CONTRACT_PRICE: 'last' };
const CALLBACK_PERCENT = { least: '0.1', most: '10' };

type Who = Exclude<ReturnType<typeof readWho>, BinanceError>;

/** The five conditional types; the position is looked at when it fires, but for close-all orders. */
export function readAlgo(asking: Asking): OrderRequest | BinanceError {
  const { books, account, market, params } = asking;
  if (!params['algoType']) return missing('algoType');
  if (params['algoType'] !== 'CONDITIONAL')
    return { code: -1130, msg: "Data sent for parameter 'algoType' is not valid." };
  const label = params['type'];
  if (!label) return missing('type');
  if (!CONDITIONAL_TYPES.has(label)) return ERRORS.badType;
  const who = readWho(asking);
  if (isError(who)) return who;
  const clientOrderId = readClientId(params['clientAlgoId']);
  if (typeof clientOrderId === 'object') return clientOrderId;
  const size = readAlgoSize(asking, label, who);
  if (isError(size)) return size;
  const source = SOURCES[params['workingType'] || 'CONTRACT_PRICE'];
  if (!source) return { code: -4031, msg: `Invalid parameter working type: ${params['workingType'] ?? ''}` };
  const condition = readCondition(params, market, label, source, { ...who, ...size });
  if (isError(condition)) return condition;
  const execution = label === 'STOP' || label === 'TAKE_PROFIT' ? 'limit' : 'market';
  const price = execution === 'limit' ? readPrice(params['price'], market, 'price') : null;
  if (typeof price === 'object' && price !== null) return price;
  const timeInForce = readTimeInForce(params['timeInForce']);
  if (typeof timeInForce === 'object') return timeInForce;
  return {
    orderId: newOrderId(books),
    firesAs: newOrderId(books),
    account: account.name,
    symbol: market.symbol,
    label,
    execution,
    price,
    timeInForce,
    clientOrderId,
    ...who,
    ...size,
    ...condition,
  };
}

type Size = Pick<OrderRequest, 'quantity'> & { readonly closePosition: boolean };

function readAlgoSize(asking: Asking, label: string, who: Who): Size | BinanceError {
  const { market, params } = asking;
  if (!isTrue(params['closePosition'])) {
    const quantity = readQuantity(params['quantity'], market);
    return typeof quantity === 'object' ? quantity : { quantity, closePosition: false };
  }
  if (label !== 'STOP_MARKET' && label !== 'TAKE_PROFIT_MARKET')
    return { code: -4136, msg: `Target strategy invalid for orderType ${label},closePosition true` };
  if (params['quantity'] && !/^[0.]+$/.test(params['quantity'])) return ERRORS.quantityWithClosePosition;
  if (params['reduceOnly']) return needless('reduceonly');
  return hasSomethingToClose(asking, who) ? { quantity: ZERO, closePosition: true } : ERRORS.noPositionForGte;
}

/** A close-all order is GTE: it needs a position that its side closes, or an order that may open one. */
function hasSomethingToClose({ books, account, market }: Asking, { side, leg }: Who): boolean {
  const position = books.positions.get(legKey(account.name, market.symbol, leg));
  if (position) return closingSide(position.side) === side;
  return [...books.open.values()].some(
    (order) =>
      order.account === account.name &&
      order.symbol === market.symbol &&
      order.leg === leg &&
      order.side !== side,
  );
}

type Condition = { readonly trigger: Trigger | null; readonly trail: Trail | null };

function readCondition(
  params: Params,
  market: Market,
  label: string,
  source: PriceSource,
  order: Who & Size,
): Condition | BinanceError {
  if (label === 'TRAILING_STOP_MARKET') return readTrail(params, market, source, order.side);
  const price = readPrice(params['triggerPrice'], market, 'triggerprice');
  if (typeof price === 'object') return price;
  const isStop = label.startsWith('STOP');
  const fires = isStop === (order.side === 'buy') ? 'rising' : 'falling';
  const reached = fires === 'rising' ? gte(market[source], price) : lte(market[source], price);
  if (reached) return ERRORS.wouldTrigger;
  return { trail: null, trigger: { price, source, fires, role: roleOf(order, isStop) } };
}

/** Without a word that it only closes, it may open. */
const roleOf = (order: Pick<Order, 'reduceOnly' | 'closePosition'>, isStop: boolean): Trigger['role'] =>
  order.reduceOnly || order.closePosition ? (isStop ? 'stop' : 'target') : 'entry';

function readTrail(
  params: Params,
  market: Market,
  source: PriceSource,
  side: OrderSide,
): Condition | BinanceError {
  const percent = parseDecimal(params['callbackRate']);
  if (percent === undefined) return missing('callbackRate');
  if (lt(percent, CALLBACK_PERCENT.least) || gt(percent, CALLBACK_PERCENT.most)) return ERRORS.badCallback;
  const rate = div(percent, '100');
  // The REST documentation says activatePrice, that of the socket API activationPrice.
  const text = param(params, 'activatePrice', 'activationPrice');
  if (text === undefined)
    return {
      trigger: null,
      trail: { rate, distance: null, activation: null, extreme: market[source], source },
    };
  const activation = readPrice(text, market, 'activatePrice');
  if (typeof activation === 'object') return activation;
  return isBeyond(activation, market[source], side)
    ? { trigger: null, trail: { rate, distance: null, activation, extreme: null, source } }
    : ERRORS.wouldTrigger;
}

/** A selling trail activates above the present price, a buying one below. */
const isBeyond = (activation: Decimal, price: Decimal, side: OrderSide): boolean =>
  side === 'sell' ? gt(activation, price) : lt(activation, price);
