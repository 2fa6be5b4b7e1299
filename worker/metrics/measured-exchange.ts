/** A gateway that is timed and counted from outside: what it does stays as it is. */
import { positionWorkflowId } from '../../contract/ids.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import type { ORDER_ROLES } from './known-series.ts';
import type { Meters } from './meters.ts';
import type { TickToClose } from './tick-to-close.ts';

/** @param now milliseconds of a clock that never goes back */
export function measuredExchange(
  exchange: Exchange,
  meters: Meters,
  tickToClose: TickToClose,
  now: () => number = () => performance.now(),
): Exchange {
  const { account } = exchange;
  const timed = timer(exchange.name, meters, now);
  const placeOrder = timed('placeOrder', (request: OrderRequest) => exchange.placeOrder(request));
  const cancelOrder = timed('cancelOrder', exchange.cancelOrder);
  const { priceRange } = exchange;
  return {
    ...exchange,
    marketRules: timed('marketRules', exchange.marketRules),
    symbols: timed('symbols', exchange.symbols),
    positionMode: timed('positionMode', exchange.positionMode),
    setLeverage: timed('setLeverage', exchange.setLeverage),
    price: timed('price', exchange.price),
    ...(priceRange && { priceRange: timed('priceRange', priceRange) }),
    candles: timed('candles', exchange.candles),
    balance: timed('balance', exchange.balance),
    findOrder: timed('findOrder', exchange.findOrder),
    snapshot: timed('snapshot', exchange.snapshot),
    legSnapshot: timed('legSnapshot', exchange.legSnapshot),
    fills: timed('fills', exchange.fills),
    closedPositions: timed('closedPositions', exchange.closedPositions),
    health: timed('health', exchange.health),
    placeOrder: async (request) => {
      const outcome = await placeOrder(request);
      const role = roleOf(request);
      meters.count('holdfast_orders_total', { account, role, outcome: outcome.outcome });
      if (role === 'close') tickToClose.closed(positionWorkflowId({ ...request, account }));
      return outcome;
    },
    cancelOrder: async (...asked) => {
      const outcome = await cancelOrder(...asked);
      meters.count('holdfast_cancels_total', { account, outcome: outcome.outcome });
      return outcome;
    },
  };
}

type Call = keyof Exchange;

const timer =
  (exchange: string, meters: Meters, now: () => number) =>
  <Asked extends unknown[], Answer>(call: Call, ask: (...asked: Asked) => Promise<Answer>) =>
  async (...asked: Asked): Promise<Answer> => {
    const startedMs = now();
    const tell = (result: 'ok' | 'failed'): void =>
      meters.seconds(
        'holdfast_exchange_call_seconds',
        { exchange, call, result },
        (now() - startedMs) / 1_000,
      );
    try {
      const answer = await ask(...asked);
      tell(isNone(answer) ? 'failed' : 'ok');
      return answer;
    } catch (error) {
      tell('failed');
      throw error;
    }
  };

/** Orders never throw, nor does a reading that is not whole: that there was no answer is what they tell. */
function isNone(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  return (
    ('outcome' in answer && answer.outcome === 'unknown') ||
    ('complete' in answer && answer.complete === false)
  );
}

/** What an order is for shows in its shape: only an entry may open. */
function roleOf({ kind, reduceOnly }: OrderRequest): (typeof ORDER_ROLES)[number] {
  if (!reduceOnly) return 'entry';
  if (kind === 'stop_market') return 'stop';
  return kind === 'take_profit_market' ? 'target' : 'close';
}
