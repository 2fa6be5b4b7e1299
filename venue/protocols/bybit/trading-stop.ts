/**
 * Stops, targets and trails of a position. `Full` has one of each a leg, and sets, moves or takes it away;
 * `Partial` adds one for a part. Each is an order of its own that ends with the position.
 */
import { eq, gt, isPositive, isZero, lte, parseDecimal, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { amendOrder } from '../../book/amend.ts';
import { endOrder } from '../../book/cancel.ts';
import { closingSide, legKey } from '../../book/model.ts';
import type { Market, Order, Position, Trigger } from '../../book/model.ts';
import { placeOrder } from '../../book/place.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Leg } from '../../control/types.ts';
import { isMarket, marketParam, ok, param } from './call.ts';
import type { PrivateCall, Reply } from './call.ts';
import { errorOf, ERRORS, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { readSource, sideOfPosition, triggerByOf } from './format.ts';
import { isPositionStop, labelOf, stopOrderTypeOf } from './labels.ts';
import { readLeg, readLimitPrice } from './order-request.ts';
import { RULES } from './rules.ts';
import { stopsOfLeg } from './position-shapes.ts';

const MAX_PARTIAL = 20;

const SIDES = [
  { role: 'stop', key: 'stopLoss', prefix: 'sl', word: 'StopLoss' },
  { role: 'target', key: 'takeProfit', prefix: 'tp', word: 'TakeProfit' },
] as const;
type Side = (typeof SIDES)[number];

type Stand = {
  readonly call: PrivateCall;
  readonly market: Market;
  readonly leg: Leg;
  readonly position: Position;
};

/** What is to be done: nothing happens unless all of it can. */
type Step = () => BybitError | undefined;

export function setTradingStop(call: PrivateCall): Reply {
  const { books, account, params } = call;
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const leg = readLeg(params['positionIdx'], account);
  if (!leg) return ERRORS.modeMismatch;
  const position = books.positions.get(legKey(account.name, market.symbol, leg));
  if (!position) return ERRORS.noPositionForStop;
  const stand = { call, market, leg, position };
  const steps: Step[] = [];
  for (const side of SIDES) {
    const step = params['tpslMode'] === 'Partial' ? addPartial(stand, side) : setFull(stand, side);
    if (step && isError(step)) return step;
    if (step) steps.push(step);
  }
  const trail = setTrail(stand);
  if (trail && isError(trail)) return trail;
  if (trail) steps.push(trail);
  if (steps.length === 0) return ERRORS.stopUnchanged;
  return books.transact(() => {
    for (const step of steps) {
      const failed = step();
      if (failed) return failed;
    }
    books.emit({ kind: 'config', account, symbol: market.symbol });
    return ok({});
  });
}

/** The price of a stop or target with its source; `null`: not given. */
function readStop({ call, market, position }: Stand, side: Side): Trigger | 'none' | null | BybitError {
  const text = param(call.params, side.key);
  if (text === undefined) return null;
  const price = parseDecimal(text);
  const source = readSource(call.params[`${side.prefix}TriggerBy`]);
  if (price === undefined || !source || (!isZero(price) && !isPositive(price)))
    return invalid(`params error: ${side.word} invalid`);
  if (isZero(price)) return 'none';
  const rising = (side.role === 'target') === (position.side === 'long');
  const current = market[source];
  const beyond = rising ? gt(price, current) : gt(current, price);
  if (!beyond)
    return invalid(
      `${side.word}:${price} set for ${sideOfPosition(position.side)} position should ` +
        `${rising ? 'higher' : 'lower'} than base_price:${current}??${triggerByOf(source)}`,
    );
  return { price, source, role: side.role, fires: rising ? 'rising' : 'falling' };
}

/** `undefined`: nothing changes. */
function setFull(stand: Stand, side: Side): Step | undefined | BybitError {
  const { call, market, leg } = stand;
  const wanted = readStop(stand, side);
  if (wanted === null) return undefined;
  if (wanted !== 'none' && isError(wanted)) return wanted;
  const present = stopsOfLeg(call.books, call.account.name, market.symbol, leg).find(
    (order) => order.trigger?.role === side.role && isPositionStop(order),
  );
  if (wanted === 'none') return present && ended(stand, present);
  if (!present) return () => placed(stand, { trigger: wanted });
  const same = present.trigger?.source === wanted.source && eq(present.trigger.price, wanted.price);
  return same ? undefined : () => moved(stand, present, wanted);
}

const ended =
  ({ call }: Stand, order: Order): Step =>
  () => {
    endOrder(call.books, order, 'cancelled', 'by-client');
    return undefined;
  };

function moved({ call }: Stand, order: Order, trigger: Trigger): BybitError | undefined {
  const result = amendOrder(call.books, call.account.name, { orderId: order.orderId }, { trigger });
  return isRefusal(result) ? errorOf(result) : undefined;
}

function placed(
  { call, market, leg, position }: Stand,
  more: Partial<Pick<Order, 'trigger' | 'trail' | 'quantity' | 'price' | 'execution'>>,
): BybitError | undefined {
  const result = placeOrder(
    call.books,
    {
      account: call.account.name,
      symbol: market.symbol,
      leg,
      side: closingSide(position.side),
      label: more.trail
        ? 'TRAILING_STOP_MARKET'
        : labelOf(more.execution ?? 'market', more.trigger?.role ?? null),
      execution: 'market',
      quantity: ZERO,
      closePosition: more.quantity === undefined,
      reduceOnly: true,
      notes: { lastPriceOnCreated: market.last },
      ...more,
    },
    false,
    RULES,
  );
  return isRefusal(result) ? errorOf(result) : undefined;
}

function addPartial(stand: Stand, side: Side): Step | undefined | BybitError {
  const { call, market, leg, position } = stand;
  const { params, books, account } = call;
  const trigger = readStop(stand, side);
  if (trigger === null || trigger === 'none') return undefined;
  if (isError(trigger)) return trigger;
  const quantity = parseDecimal(params[`${side.prefix}Size`]) ?? position.quantity;
  if (params['tpSize'] && params['slSize'] && !eq(params['tpSize'], params['slSize']))
    return invalid('the value of tpSize and slSize must equal');
  if (!isPositive(quantity) || !lte(quantity, position.quantity))
    return invalid('params error: size invalid');
  const count = [...books.open.values()].filter(
    (order) =>
      order.account === account.name &&
      order.symbol === market.symbol &&
      order.leg === leg &&
      stopOrderTypeOf(order)?.startsWith('Partial') === true,
  ).length;
  if (count >= MAX_PARTIAL)
    return {
      retCode: 110061,
      retMsg: `Not allowed to have more than ${MAX_PARTIAL} TP/SLs under Partial tpSlMode`,
    };
  const price = readLimitPrice(params, side.prefix, true);
  if (price === undefined) return invalid(`params error: ${side.prefix}LimitPrice invalid`);
  const execution = price === null ? 'market' : 'limit';
  return () => placed(stand, { trigger, quantity, price, execution });
}

/** By a distance; it begins at once or at the active price. */
function setTrail(stand: Stand): Step | undefined | BybitError {
  const { call, market, leg } = stand;
  const { params, books, account } = call;
  const text = param(params, 'trailingStop');
  if (text === undefined) return undefined;
  const distance = parseDecimal(text);
  if (distance === undefined || (!isZero(distance) && !isPositive(distance)))
    return invalid('params error: trailingStop invalid');
  const present = stopsOfLeg(books, account.name, market.symbol, leg).find((order) => order.trail);
  if (isZero(distance)) return present && ended(stand, present);
  const activation = parseDecimal(param(params, 'activePrice') ?? '') ?? null;
  const same = present?.trail?.distance === distance && (present.trail.activation ?? null) === activation;
  return same ? undefined : () => trailPlaced(stand, present, distance, activation);
}

function trailPlaced(
  stand: Stand,
  present: Order | undefined,
  distance: Decimal,
  activation: Decimal | null,
): BybitError | undefined {
  if (present) ended(stand, present)();
  const extreme = activation === null ? stand.market.last : null;
  const trail = { rate: null, distance, activation, extreme, source: 'last' } as const;
  return placed(stand, { trail });
}
