/**
 * Loads single ccxt classes. `import 'ccxt'` brings every exchange (490 ms, 80 MB); one pro class by
 * file url a third of it. The package does not export those files, hence the path; its error classes
 * are not needed, because failures are classified by the recorded answer, never by class alone.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a REST answer looks like inside ccxt. */
export type CcxtHttpAnswer = {
  status: number;
  statusText: string;
  headers: Record<string, string | string[] | undefined>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
};

export type CcxtRequest = { signal?: AbortSignal } & Record<string, unknown>;

/** A market as ccxt names it. */
export type CcxtMarket = { id: string; symbol: string; active?: boolean; linear?: boolean; swap?: boolean };

/** One request as undici dispatches it, as far as it is changed on the way. */
export type DispatchOptions = { origin?: string | URL; path: string } & Record<string, unknown>;

type Dispatch = (options: DispatchOptions, handler: unknown) => boolean;

/** undici's dispatcher, as far as Holdfast touches it. */
export type CcxtDispatcher = {
  close(): Promise<void>;
  destroy(): Promise<void>;
  compose(interceptor: (dispatch: Dispatch) => Dispatch): CcxtDispatcher;
};

/** The part of a ccxt exchange that Holdfast touches. */
export type CcxtClient = {
  urls: { api: Record<string, unknown> };
  options: Record<string, unknown>;
  headers: Record<string, string>;
  timeout: number;
  fetchDispatcher?: CcxtDispatcher;
  nonce(): number;
  parseJson(text: string): unknown;
  parseMarket(row: unknown): CcxtMarket;
  undiciRequest(url: string, request: CcxtRequest): Promise<CcxtHttpAnswer>;
  loadFetchImplementation(): Promise<void>;
  setSandboxMode(enabled: boolean): void;
  /** Only where the exchange has a demo beside its test network. */
  enableDemoTrading?(enabled: boolean): void;
  /** Fills the host's name into a url; only where the exchange has several. */
  implodeHostname?(url: string): string;
  close(): Promise<unknown>;
};

type CcxtClass = new (config: Record<string, unknown>) => CcxtClient;

/** Creates an instance of the pro class `id` of the installed ccxt. */
export async function createCcxtClient(id: string, config: Record<string, unknown>): Promise<CcxtClient> {
  const bundle = createRequire(import.meta.url).resolve('ccxt');
  const file = join(dirname(bundle), '..', 'js', 'src', 'pro', `${id}.js`);
  // ccxt has no types for this path; the fields above are those of ccxt 4.5.84, which is pinned.
  const module = (await import(pathToFileURL(file).href)) as { default: CcxtClass };
  return new module.default(config);
}

/** One of ccxt's generated endpoint methods, e.g. `swapV2PrivatePostTradeOrder`. Throws where there is none. */
export function endpointMethod(
  client: CcxtClient,
  name: string,
): (params: Record<string, unknown>) => Promise<unknown> {
  // The methods are made at run time from the class's table of endpoints, so no type lists them.
  const method = (client as unknown as Record<string, unknown>)[name];
  if (typeof method !== 'function') throw new Error(`ccxt has no endpoint method ${name}`);
  return (params) => (method as (params: Record<string, unknown>) => Promise<unknown>).call(client, params);
}
