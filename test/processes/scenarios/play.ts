/**
 * What scenarios are played with: a market of its own for each scenario on each account, so that all of
 * them go on at once and none moves another's price; and the few things that a player does and looks at.
 */
import { expect } from 'vitest';
import { positionWorkflowId } from '../../../contract/ids.ts';
import type { OpenPositionRequest } from '../../../contract/messages.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { LegName, Side } from '../../../domain/terms.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { FaultPlan, ManualTrade, OrderRow, RequestMatch } from '../../../venue/control/types.ts';
import { eventually } from '../../support/eventually.ts';
import type { Processes } from '../../support/processes.ts';
import { WIRES } from '../wire-of.ts';
import { baseOf, nameOf, type Where } from './where.ts';

/** One scenario on one account. */
export type Play = Where & {
  processes: Processes;
  account: string;
  /** The leg of a long position. */
  leg: LegName;
  symbol: string;
  /** The same market in the venue's spelling. */
  venueSymbol: string;
};

export function playOf(processes: Processes, id: string, where: Where): Play {
  const base = baseOf(id, where);
  return {
    ...where,
    processes,
    account: nameOf(where),
    leg: where.mode === 'hedge' ? 'long' : 'net',
    symbol: `${base}/USDT:USDT`,
    venueSymbol: `${base}-USDT`,
  };
}

/** The same play on the other leg of the account. */
export const shortLeg = (play: Play): Play => ({ ...play, leg: play.mode === 'hedge' ? 'short' : 'net' });

/** Long, with a stop at 90 and a target at 120 unless asked otherwise. */
export const open = (play: Play, request: Partial<OpenPositionRequest> & { quantity: Decimal }) =>
  // The same request however often it is sent: a busy machine may be late with its answer.
  until(() =>
    play.processes.holdfast.openPosition(play.account, {
      symbol: play.symbol,
      side: 'long',
      stopLoss: { price: '90' },
      takeProfit: { price: '120' },
      requestId: `${play.symbol}/${play.leg}`,
      ...request,
    }),
  );

const SEEN_WITHIN_MS = 60_000;
export const until = <T>(ask: () => Promise<T>): Promise<T> => eventually(ask, SEEN_WITHIN_MS, 100);

export const workflowOf = ({ account, symbol, leg }: Play): string =>
  positionWorkflowId({ account, symbol, leg });

/** The position, once it is as said; asked from its workflow. */
export const untilShown = (play: Play, expected: object): Promise<PositionView> =>
  until(async () => {
    const { position, answeredBy } = await play.processes.holdfast.show({ workflowId: workflowOf(play) });
    expect(answeredBy).toBe('workflow');
    expect(position, play.symbol).toMatchObject(expected);
    return position;
  });

/** Open with this quantity, its stop and target resting for all of it, here and on the books. */
export async function untilProtected(
  play: Play,
  quantity: Decimal,
  expected: object = {},
): Promise<PositionView> {
  const shown = { stage: 'open', quantity, covered: true, drift: false, unknownOrders: [], ...expected };
  const rest = expect.stringMatching(/^(live|none)$/);
  const tranches = [{ stopLoss: { state: 'live' }, takeProfit: { state: rest } }];
  const view = await untilShown(play, { ...shown, tranches });
  await until(async () => {
    const own = view.tranches.map(({ stopLoss }) => stopLoss.price);
    expect(
      (await stopsOf(play)).map((stop) => [stop.stopPrice, stop.quantity]),
      `${play.symbol}: its stop alone rests`,
    ).toEqual(own.map((price) => [price, quantity]));
  });
  return view;
}

export async function openProtected(
  play: Play,
  quantity: Decimal,
  side: Side = 'long',
): Promise<PositionView> {
  const levels = side === 'long' ? ['90', '120'] : ['110', '80'];
  const [stop = '', target = ''] = levels;
  await open(play, { quantity, side, stopLoss: { price: stop }, takeProfit: { price: target } });
  return untilProtected(play, quantity);
}

export const byHand = (
  { processes, account, venueSymbol, leg }: Play,
  trade: Omit<ManualTrade, 'account' | 'symbol' | 'leg'>,
) => processes.venue.control.trade({ account, symbol: venueSymbol, leg, ...trade });

export const priceTo = ({ processes, venueSymbol }: Play, last: Decimal, path: 'walk' | 'jump' = 'walk') =>
  processes.venue.control.setPrice({ symbol: venueSymbol, last, path });

/** Everybody in this market pays or gets funding. */
export const fund = ({ processes, venueSymbol }: Play) =>
  processes.venue.control.fund({ symbol: venueSymbol, rate: '0.000317' });

/** The truth about the play's leg. */
export async function booksOf({ processes, account, venueSymbol, leg }: Play) {
  const books = await processes.venue.control.books(account);
  const ours = <Row extends { symbol: string; leg: string }>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => row.symbol === venueSymbol && row.leg === leg);
  return {
    positions: ours(books.positions),
    orders: ours(books.orders),
    fills: ours(books.fills),
    history: ours(books.positionHistory),
  };
}

export const rests = ({ state }: OrderRow): boolean => state === 'new' || state === 'partially_filled';

const STOPS = ['STOP_MARKET', 'STOP'];

/** Resting stop orders, the oldest first. */
export async function stopsOf(play: Play): Promise<OrderRow[]> {
  const { orders } = await booksOf(play);
  return orders.filter((order) => rests(order) && STOPS.includes(order.type) && order.stopPrice !== null);
}

export async function stopOf(play: Play): Promise<OrderRow> {
  const [stop] = await stopsOf(play);
  if (!stop) throw new Error(`${play.symbol}: no stop rests`);
  return stop;
}

export const cancelByHand = ({ processes, account }: Play, { orderId }: OrderRow) =>
  processes.venue.control.cancelOrder(account, orderId);

/** Lets only this much of the next order that executes fill; the rest after a time, or never. */
export const fillsInPart = (
  { processes, account, venueSymbol }: Play,
  quantity: Decimal,
  restAfterMs: number | null = null,
) => processes.venue.control.planPartialFill({ account, symbol: venueSymbol, quantity, restAfterMs });

/** How much can be bought in this market until its price changes; null: anything. */
export const sellersFor = ({ processes, venueSymbol }: Play, perStepQuantity: Decimal | null) =>
  processes.venue.control.capLiquidity({ symbol: venueSymbol, perStepQuantity });

/** Of this play's requests only. */
export function planFault(
  play: Play,
  request: keyof ReturnType<(typeof WIRES)['bingx']>,
  fault: Omit<FaultPlan, 'match'>,
) {
  const match = matchOf(play, request);
  return play.processes.venue.control.planFault({ ...fault, match });
}

function matchOf({ exchange, account, venueSymbol }: Play, request: string): RequestMatch {
  const wire: Readonly<Record<string, unknown>> = WIRES[exchange](venueSymbol);
  const asked = wire[request] as RequestMatch; // the names that are asked for are those of requests
  const symbol = exchange === 'bingx' ? venueSymbol : venueSymbol.replace('-', '');
  return { ...asked, account, params: { ...asked.params, symbol } };
}

export const isRunning = async (play: Play): Promise<boolean> => {
  const handle = play.processes.client.workflow.getHandle(workflowOf(play));
  return (await handle.describe()).status.name === 'RUNNING';
};

/** The account's watcher reads once more. */
export const nextReading = ({ processes, account, exchange, venueSymbol }: Play) =>
  processes.venue.control.waitForRequest({
    ...WIRES[exchange](venueSymbol).reading,
    account,
    timeoutMs: SEEN_WITHIN_MS,
  });
