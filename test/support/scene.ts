/**
 * A stage with the words that stories of positions need: open, wait until it shows, stop the workers,
 * let days pass, start them, and at the end hold the venue's books, the journal and the workflow's own
 * result against each other.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Holdfast } from '../../client/api.ts';
import { statedWorkflowId, type PositionRef } from '../../client/position-ref.ts';
import type { OpenPositionRequest } from '../../contract/messages.ts';
import { accountConfiguration } from '../../config/account.ts';
import { accountWorkflowId, positionWorkflowId } from '../../contract/ids.ts';
import { roundToStep } from '../../domain/decimal.ts';
import { initialAccount, type EntryFacts } from '../../domain/account/account.ts';
import { positionStart } from '../../domain/position/entry.ts';
import { epochAt } from '../../domain/ids.ts';
import type { PositionStart } from '../../domain/position/position.ts';
import type { PositionView } from '../../domain/view.ts';
import type { Books, OrderRow } from '../../venue/control/types.ts';
import { eventually } from './eventually.ts';
import { createStage, type Stage, type StageOptions } from './stage.ts';
import { temporaryFolder } from './temporary.ts';
import { expectWholeServer, keptUpdate } from './test-server.ts';
import { passTime, startTimeSkipping } from './time-skipping.ts';

export const BTC = 'BTC/USDT:USDT';
/** BTC as the venue spells it. */
export const BTC_VENUE = 'BTC-USDT';
/** The one-way leg of BTC, for what is done by hand at the venue. */
export const BTC_NET = { account: 'paper', symbol: BTC_VENUE, leg: 'net' } as const;
const DAY_MS = 86_400_000;

/** A long of 0.05 BTC from 65000, its stop at 64350, its target at 66300. */
export const LONG: OpenPositionRequest = {
  symbol: BTC,
  side: 'long',
  quantity: '0.05',
  stopLoss: { percent: '1' },
  takeProfit: { percent: '2' },
};

export type Scene = Stage & {
  /** Opens a position and answers with its workflow id. */
  open(request?: Partial<OpenPositionRequest>): Promise<string>;
  /** Waits until the position shows all of this. */
  shows(workflowId: string, expected: object): Promise<PositionView>;
  /** Opens, and waits until stop and target rest. */
  openAndProtect(request?: Partial<OpenPositionRequest>): Promise<string>;
  /** The ids of all positions opened so far. */
  opened: Set<string>;
  books(): Promise<Books>;
  /** Waits until the venue's books fulfil the check. */
  booksShow(check: (books: Books) => void): Promise<Books>;
  /** Workers stop, days pass, workers start. What happens meanwhile is up to `meanwhile`. */
  daysWithoutWorkers(days: number, meanwhile?: () => Promise<unknown>): Promise<void>;
  passTime(durationMs: number): Promise<void>;
  /** Asks again until the check holds. */
  eventually<T>(ask: () => Promise<T>): Promise<T>;
  /** Waits for the end. */
  finishes(workflowId: string, expected: object): Promise<PositionView>;
  /** Waits for the end and checks that venue, journal and workflow tell the same story. */
  ends(workflowId: string, expected: object): Promise<PositionView>;
};

export type SceneOptions = Pick<StageOptions, 'venue' | 'account' | 'stops'>;

export type SetScene = (options?: SceneOptions) => Promise<Scene>;

/** Scenes of one file share a server; each has books and a journal of its own and is taken down after its test. */
export function scenes(): SetScene {
  let server: TestWorkflowEnvironment | undefined;
  beforeAll(async () => {
    server = await startTimeSkipping();
  });
  afterAll(() => server?.teardown());
  return async (options = {}) => {
    if (server === undefined) throw new Error('the server did not start');
    const { nativeConnection: connection, namespace } = server;
    // The server's own client lets time run while it awaits a result: ten years at once, at worst.
    const client = new Client({
      connection: server.connection,
      ...(namespace !== undefined && { namespace }),
    });
    const { account, ...others } = options;
    const advanced = { positionLagMs: 0, ...Object(account?.['advanced']) };
    const folder = temporaryFolder();
    const stage = await createStage({
      folder,
      client,
      connection,
      account: { ...account, advanced },
      ...others,
    });
    const scene = tell(stage, server);
    onTestFinished(() => takeDown(scene));
    await stage.startWorkers();
    return scene;
  };
}

function tell(stage: Stage, server: TestWorkflowEnvironment): Scene {
  const workflow = (id: string) => stage.client.workflow.getHandle(id);
  const books = () => stage.venue.control.books('paper');
  /** Where it fails because the test server lost a call of a position, that is what is thrown. */
  const sound = async <T>(wait: () => Promise<T>): Promise<T> => {
    try {
      return await wait();
    } catch (error) {
      for (const workflowId of scene.opened) await expectWholeServer(stage.client, workflowId);
      const states = await Promise.allSettled(
        [...scene.opened].map((workflowId) => state(stage, workflowId)),
      );
      throw new Error(`${String(error)}\n${JSON.stringify(states, null, 1)}`, { cause: error });
    }
  };
  const holdfast = sparingTheServer(stage);
  const scene: Scene = {
    ...stage,
    holdfast,
    books,
    opened: new Set(),
    open: async (request) => {
      const { workflowId } = await holdfast.openPosition('paper', { ...LONG, ...request });
      scene.opened.add(workflowId);
      return workflowId;
    },
    shows: (workflowId, expected) => sound(() => shows(stage, workflowId, expected)),
    openAndProtect: async (request) => {
      const workflowId = await scene.open(request);
      const live = { state: 'live' };
      const tranches = [{ stopLoss: live, takeProfit: live }];
      await scene.shows(workflowId, { stage: 'open', covered: true, tranches });
      return workflowId;
    },
    booksShow: (check) =>
      scene.eventually(async () => {
        const now = await books();
        check(now);
        return now;
      }),
    eventually: (ask) => sound(() => eventually(ask, SHOWS_WITHIN_MS)),
    passTime: (durationMs) => passTime(server, durationMs),
    daysWithoutWorkers: async (days, meanwhile) => {
      await stage.stopWorkers();
      await meanwhile?.();
      await passTime(server, days * DAY_MS);
      await stage.startWorkers();
    },
    finishes: async (workflowId, expected) => {
      // Positions never fail: anything but a result is a finding of the test.
      await within(workflow(workflowId).result(), {
        sound: () => expectWholeServer(stage.client, workflowId),
        sofar: async () => {
          await expectWholeServer(stage.client, workflowId);
          return state(stage, workflowId);
        },
      });
      const { position } = await stage.holdfast.show({ workflowId });
      expect(position).toMatchObject(expected);
      return position;
    },
    ends: async (workflowId, expected) => {
      const result = await scene.finishes(workflowId, expected);
      await agree(stage, result);
      return result;
    },
  };
  return scene;
}

/** The client, telling updates that the test server lost from those that nobody answers. */
function sparingTheServer({ holdfast, client }: Stage): Holdfast {
  const kept =
    <R extends unknown[], V>(update: (ref: PositionRef, ...request: R) => Promise<V>) =>
    (ref: PositionRef, ...request: R): Promise<V> => {
      const workflowId = statedWorkflowId(ref);
      const send = () => update(ref, ...request);
      return workflowId === undefined ? send() : keptUpdate(client, workflowId, send);
    };
  return {
    ...holdfast,
    openPosition: (account, request) =>
      keptUpdate(client, accountWorkflowId(account), () => holdfast.openPosition(account, request)),
    setProtection: kept(holdfast.setProtection),
    close: kept(holdfast.close),
    mergeTranches: kept(holdfast.mergeTranches),
    cancelOrders: kept(holdfast.cancelOrders),
    handleEntryFill: kept(holdfast.handleEntryFill),
  };
}

/** Generous: a busy machine is no finding. */
const ASK_EVERY_MS = 1_000;

/**
 * Waits for the journal's projection to show it, and then asks the workflow itself, once: each query
 * costs a replay, and without a cache the SDK now and then drops a task that arrives during one.
 */
function shows({ journal, holdfast }: Stage, workflowId: string, expected: object): Promise<PositionView> {
  let askAtMs = Date.now() + ASK_EVERY_MS;
  return eventually(async () => {
    const written = (await journal.positions()).find((view) => view.workflowId === workflowId);
    if (Date.now() < askAtMs) expect(written).toMatchObject(expected);
    askAtMs = Date.now() + ASK_EVERY_MS;
    const { position } = await holdfast.show({ workflowId });
    expect(position).toMatchObject(expected);
    return position;
  }, SHOWS_WITHIN_MS);
}

/** What an account's workflow would start a position with, for one that is started without it. */
export function startOf(
  { config }: Stage,
  request: OpenPositionRequest,
  change: Partial<PositionStart> = {},
): { start: PositionStart; workflowId: string } {
  const facts: EntryFacts = {
    rules: BTC_RULES,
    positionMode: 'one-way',
    price: '65000',
    positions: [],
    positionIds: true,
  };
  const account = initialAccount('paper', accountConfiguration(config, 'paper'));
  const start = { ...positionStart(account, request, facts, epochAt(Date.now())), ...change };
  return { start, workflowId: positionWorkflowId(start) };
}

const BTC_RULES = {
  symbol: BTC,
  tickSize: '0.1',
  lotSize: '0.0001',
  minQuantity: '0.0001',
  minNotional: '2',
};

const ENDS_WITHIN_MS = 60_000;
/** Few take longer; those are worth a look at the server. */
const SOUND_AFTER_MS = 15_000;
const SHOWS_WITHIN_MS = 40_000;

/** Everything that tells why a position is not over. */
async function state({ client, holdfast }: Stage, workflowId: string): Promise<unknown> {
  const of = async (id: string) => {
    const handle = client.workflow.getHandle(id);
    const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
    const { events } = await handle.fetchHistory();
    return { id, pendingActivities, pendingWorkflowTask, events: events?.slice(-8) };
  };
  const { position } = await holdfast.show({ workflowId });
  return { position, workflow: await of(workflowId), account: await of(accountWorkflowId('paper')) };
}

/** What is awaited, or an error that shows how far it came; at once where `sound` throws. */
async function within<T>(
  awaited: Promise<T>,
  { sound, sofar }: { sound: () => Promise<void>; sofar: () => Promise<unknown> },
): Promise<T> {
  const late = new AbortController();
  const wait = (ms: number) => delay(ms, undefined, { signal: late.signal });
  const timeout = wait(SOUND_AFTER_MS)
    .then(sound)
    .then(() => wait(ENDS_WITHIN_MS - SOUND_AFTER_MS))
    .then(async () => {
      throw new Error(`not over after ${ENDS_WITHIN_MS} ms: ${JSON.stringify(await sofar(), null, 1)}`);
    });
  try {
    return await Promise.race([awaited, timeout]);
  } finally {
    late.abort();
    timeout.catch(() => {});
  }
}

/** The venue's books, the journal and the workflow's result tell the same story of a position that is over. */
export async function agree(stage: Stage, result: PositionView): Promise<void> {
  const books = await stage.venue.control.books('paper');
  const rows = (await stage.journal.trades()).filter(({ epoch }) => epoch === result.epoch);
  const symbol = result.symbol.replace('/', '-').replace(/:.*/, '');
  const own = books.orders.filter((order) => order.symbol === symbol && order.leg === result.leg);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  expect(row?.exitReason).toBe(result.exitReason);
  expect(books.positions.filter((each) => each.symbol === symbol && each.leg === result.leg)).toEqual([]);
  expect(own.filter(isResting)).toEqual([]);
  onceEach(own);
  if (result.exitReason === 'NEVER_OPENED') return;
  const history = books.positionHistory.find(({ positionId }) => positionId === result.exchangePositionId);
  expect(history, 'the venue knows the position by the id on record').toBeDefined();
  expect(row).toMatchObject({
    figuresSource: 'exchange',
    exchangePositionId: history?.positionId,
  });
  expect(lastCloses(own, history?.closedByOrderId)).toContain(row?.exitOrderId);
  expect(row?.entryPrice).toBe(onTheWire(history?.averagePrice, '0.00000001'));
  expect(row?.closePrice).toBe(onTheWire(history?.averageClosePrice, '0.00000001'));
  expect(row?.realizedPnl).toBe(onTheWire(history?.realizedPnl, MONEY_STEP));
  expect(row?.netPnl).toBe(onTheWire(history?.netPnl, MONEY_STEP));
}

/** BingX shows money with four decimals. */
const MONEY_STEP = '0.0001';

/** A figure of the books as the exchange's own messages show it. */
const onTheWire = (figure: string | undefined, step: string): string =>
  roundToStep(figure ?? 'no row', step, 'nearest');

/** Closes of several tranches leave together, and the last of them may be any that filled in that moment. */
function lastCloses(own: readonly OrderRow[], closedBy: string | null | undefined): (string | null)[] {
  const last = own.find(({ orderId }) => orderId === closedBy);
  if (!last) return [closedBy ?? null];
  const together = own.filter(
    ({ state, reduceOnly, updatedAtMs }) =>
      state === 'filled' && reduceOnly && Math.abs(updatedAtMs - last.updatedAtMs) <= SAME_MOMENT_MS,
  );
  return [last.orderId, ...together.map(({ orderId }) => orderId)];
}

const SAME_MOMENT_MS = 20;

const isResting = ({ state }: OrderRow): boolean => state === 'new' || state === 'partially_filled';

/** No client order id became two orders; every order that opened something bears one of its own. */
function onceEach(orders: readonly OrderRow[]): void {
  const placed = orders.filter(({ origin }) => origin === 'api');
  const ids = placed.flatMap(({ clientOrderId }) => (clientOrderId === null ? [] : [clientOrderId]));
  expect(new Set(ids).size, 'client order ids are used once').toBe(ids.length);
  const opening = placed.filter((order) => !order.reduceOnly && !order.closePosition && order.leg === 'net');
  const epochs = opening.map(({ clientOrderId }) => clientOrderId ?? 'an entry without a client order id');
  expect(new Set(epochs).size).toBe(opening.length);
}

/** Ends what still runs, so that the next scene starts with nothing. */
async function takeDown(scene: Scene): Promise<void> {
  const { workflow } = scene.client;
  await scene.close();
  for (const workflowId of [accountWorkflowId('paper'), ...scene.opened]) {
    // Most positions are over by now, and that is all that can be wrong here.
    await workflow
      .getHandle(workflowId)
      .terminate('the scene is over')
      .catch(() => {});
  }
}
