/** A typed client of the venue's control interface. */
import type {
  AccountSpec,
  AccountView,
  Books,
  ControlError,
  FaultPlan,
  FaultView,
  FeedStatus,
  LegRef,
  LiquidityCap,
  ManualAmendment,
  ManualTrade,
  MarketSpec,
  MarketView,
  OrderRow,
  PartialFillPlan,
  PriceChange,
  RequestMatch,
  RequestQuery,
  RequestRecord,
  SocketAction,
  SocketMatch,
  VenueHealth,
  VenueSettings,
} from './types.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** The venue refused a control request; the message says why. */
export class VenueControlError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'VenueControlError';
    this.status = status;
  }
}

export type VenueControl = ReturnType<typeof createVenueControl>;

/**
 * @param baseUrl e.g. `http://127.0.0.1:9011`, the control port of a running venue.
 * Every method throws `VenueControlError` on a refusal and the transport's own error where nothing answers.
 */
export function createVenueControl(baseUrl: string) {
  const url = baseUrl.replace(/\/$/, '');
  const get = <T>(path: string, query: object = {}) => call<T>(url, 'GET', path + queryText(query));
  const post = <T>(path: string, body: object = {}) => call<T>(url, 'POST', path, body);
  const remove = <T>(path: string) => call<T>(url, 'DELETE', path);

  return {
    health: () => get<VenueHealth>('/health'),

    createAccount: (spec: AccountSpec) => post<AccountView>('/accounts', spec),
    accounts: () => get<AccountView[]>('/accounts'),
    /** The truth about one account: positions without lag, every order in every state, fills, history. */
    books: (account: string) => get<Books>(`/accounts/${encodeURIComponent(account)}/books`),

    markets: () => get<MarketView[]>('/markets'),
    addMarket: (spec: MarketSpec) => post<MarketView>('/markets', spec),
    /** Moves a price through matching; answers when everything it triggered is booked. */
    setPrice: (change: PriceChange) => post<MarketView>('/price', change),

    feed: () => get<FeedStatus>('/feed'),
    pauseFeed: () => post<FeedStatus>('/feed', { state: 'paused' }),
    resumeFeed: () => post<FeedStatus>('/feed', { state: 'running' }),
    setSpeed: (speed: number | 'max') => post<FeedStatus>('/feed', { speed }),
    /** Plays `steps` steps at once, also while paused. */
    stepFeed: (steps = 1) => post<FeedStatus>('/feed/step', { steps }),

    settings: () => get<VenueSettings>('/settings'),
    changeSettings: (change: Partial<VenueSettings>) => post<VenueSettings>('/settings', change),
    /** Shifts the server clock against this machine's. */
    setClockSkew: (skewMs: number) =>
      post<{ serverTimeMs: number; clockSkewMs: number }>('/clock', { skewMs }),

    trade: (trade: ManualTrade) => post<OrderRow[]>('/trade', trade),
    cancelOrder: (account: string, orderId: string) => post<OrderRow>('/orders/cancel', { account, orderId }),
    /** The order is gone: no answer and no list shows it any more, and nothing is pushed. */
    vanishOrder: (account: string, orderId: string) => post<OrderRow>('/orders/vanish', { account, orderId }),
    /** The same order, with other terms; what is left out stays. */
    amendOrder: (account: string, orderId: string, change: ManualAmendment) =>
      post<OrderRow>('/orders/amend', { account, orderId, ...change }),
    liquidate: (leg: LegRef) => post<OrderRow>('/liquidate', leg),
    /** Auto-deleveraging of `quantity` (default all) of a leg at the mark price. */
    adl: (leg: LegRef & { quantity?: string }) => post<OrderRow>('/adl', leg),
    /** Settles funding now; default every market at its own rate. */
    fund: (request: { symbol?: string; rate?: string } = {}) => post<{ settled: number }>('/fund', request),

    capLiquidity: (cap: LiquidityCap) => post<LiquidityCap>('/liquidity', cap),
    planPartialFill: (plan: PartialFillPlan) => post<PartialFillPlan>('/partial-fills', plan),

    planFault: (plan: FaultPlan) => post<FaultView>('/faults', plan),
    faults: () => get<FaultView[]>('/faults'),
    clearFault: (id: string) => remove<{ cleared: number }>(`/faults/${encodeURIComponent(id)}`),
    clearFaults: () => remove<{ cleared: number }>('/faults'),

    sockets: (request: SocketAction & { match?: SocketMatch }) =>
      post<{ sockets: number }>('/sockets', request),
    /** Ends the account's listen keys; pushes `listenKeyExpired` unless `silent`. */
    expireListenKeys: (account: string, silent = false) =>
      post<{ expired: number }>('/listen-keys/expire', { account, silent }),

    /** The newest requests of clients, oldest first. */
    requests: (query: RequestQuery = {}) => get<RequestRecord[]>('/requests', query),
    /** Waits until a request after `sinceSeq` (default: from now on) matches. */
    waitForRequest: (match: RequestMatch & { sinceSeq?: number; timeoutMs?: number }) =>
      post<RequestRecord>('/requests/wait', match),
  };
}

async function call<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(url + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS + timeoutOf(body)),
  });
  // The control server answers JSON of the type that its route documents; it is our own code.
  const answer = (await response.json()) as T | ControlError;
  if (!response.ok) throw new VenueControlError((answer as ControlError).error, response.status);
  return answer as T;
}

function timeoutOf(body: object | undefined): number {
  return body && 'timeoutMs' in body && typeof body.timeoutMs === 'number' ? body.timeoutMs : 0;
}

/** Objects (`params`) travel as JSON text in the query. */
function queryText(query: object): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    entries.map(([key, value]): [string, string] => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ).toString();
  return text && `?${text}`;
}
