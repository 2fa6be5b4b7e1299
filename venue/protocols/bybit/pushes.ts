/** Book events as the private topics push them. */
import type { Books } from '../../book/books.ts';
import { marketOf } from '../../book/margin.ts';
import { legKey } from '../../book/model.ts';
import type { Account, BookEvent, Fill, LegState } from '../../book/model.ts';
import { walletRow } from './account-shapes.ts';
import { fundingExecution, tradeExecution } from './executions.ts';
import { money } from './format.ts';
import { pushedOrder } from './order-shapes.ts';
import { pushedPosition } from './position-shapes.ts';

export const PRIVATE_TOPICS = ['order', 'execution', 'position', 'wallet', 'execution.fast'] as const;
export type PrivateTopic = (typeof PRIVATE_TOPICS)[number];

export type PrivatePush = {
  readonly account: string;
  readonly topic: PrivateTopic;
  readonly data: readonly object[];
};

/** Whom an event concerns; nobody alone, where prices move. */
export function ownerOf(event: BookEvent): string | undefined {
  if (event.kind === 'price') return undefined;
  return event.kind === 'order' ? event.order.account : event.account.name;
}

/** What an event of the books makes the account's sockets hear, in this order. */
export function privatePushes(books: Books, event: BookEvent): PrivatePush[] {
  switch (event.kind) {
    case 'order':
      return orderPushes(books, event);
    case 'account':
      return accountPushes(books, event);
    case 'config':
      return configPushes(books, event.account, event.symbol);
    case 'price':
      return [];
    default:
      return event satisfies never;
  }
}

/** A fill goes out as an execution and as the order that it changed. */
function orderPushes(books: Books, event: Extract<BookEvent, { kind: 'order' }>): PrivatePush[] {
  const { order, fill } = event;
  const account = order.account;
  const status = event.execution === 'TRIGGERED' && order.state === 'new' ? 'Triggered' : undefined;
  const row = { ...pushedOrder(books, order), ...(status && { orderStatus: status }) };
  const pushes: PrivatePush[] = [{ account, topic: 'order', data: [row] }];
  if (!fill) return pushes;
  return [
    { account, topic: 'execution', data: [pushedExecution(books, fill)] },
    { account, topic: 'execution.fast', data: [fastExecution(books, fill)] },
    ...pushes,
  ];
}

function pushedExecution(books: Books, fill: Fill): object {
  return {
    category: 'linear',
    ...tradeExecution(books, fill),
    isLeverage: '0',
    marketUnit: '',
    execPnl: money(fill.realizedPnl),
    extraFees: [],
  };
}

function fastExecution(books: Books, fill: Fill): object {
  const full = new Map(Object.entries(tradeExecution(books, fill)));
  const names = ['symbol', 'execId', 'execPrice', 'execQty', 'orderId', 'isMaker', 'orderLinkId', 'side'];
  return {
    category: 'linear',
    ...Object.fromEntries([...names, 'execTime', 'seq'].map((name) => [name, full.get(name)])),
  };
}

function accountPushes(books: Books, event: Extract<BookEvent, { kind: 'account' }>): PrivatePush[] {
  const { account } = event;
  const { income } = event;
  if (income) {
    const data = [{ category: 'linear', ...fundingExecution(books, income) }];
    const settled = { account: account.name, topic: 'execution', data } as const;
    return [settled, ...configPushes(books, account, income.symbol), walletPush(books, account)];
  }
  const wallet = walletPush(books, account);
  if (event.legs.length === 0) return [wallet];
  const data = event.legs.map((state) => legRow(books, account, state));
  return [{ account: account.name, topic: 'position', data }, wallet];
}

const walletPush = (books: Books, account: Account): PrivatePush => ({
  account: account.name,
  topic: 'wallet',
  data: [walletRow(books, account)],
});

const legRow = (books: Books, account: Account, { symbol, leg, position }: LegState): object =>
  pushedPosition(books, {
    account,
    market: marketOf(books, symbol),
    leg,
    position: position ?? undefined,
  });

/** A changed setting goes out as the positions that it concerns. */
function configPushes(books: Books, account: Account, symbol: string): PrivatePush[] {
  const legs = account.hedgeMode ? (['long', 'short'] as const) : (['net'] as const);
  const data = legs.map((leg) =>
    legRow(books, account, {
      symbol,
      leg,
      position: books.positions.get(legKey(account.name, symbol, leg)) ?? null,
    }),
  );
  return [{ account: account.name, topic: 'position', data }];
}
