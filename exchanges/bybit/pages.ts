/** Reads Bybit's lists whole: page after page, and a long history in windows of seven days. */
import { ExchangeFault } from '../errors.ts';
import type { Params, CallOptions } from '../ccxt/api.ts';
import type { ListMemory } from '../list-memory.ts';
import { readBody } from '../rows.ts';
import { inWindows, type Window, type WindowLimits } from '../windows.ts';
import { LINEAR, type BybitApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { listBody } from './wire.ts';

/** More than a list of open orders can ever hold; a cursor that leads in a circle ends here too. */
const MAX_PAGES = 40;

/** The longest time of one question, and half a year of them: nothing older is a live matter. */
const WEEKS: WindowLimits = { maxPartMs: 7 * 24 * 60 * 60_000, maxParts: 26 };

/** All rows of a list, in the order they come. Throws `ExchangeFault` where a page failed, or there is no end. */
export async function readPages(
  api: BybitApi,
  endpoint: EndpointName,
  params: Params,
  {
    memory,
    ...options
  }: Omit<CallOptions, 'rows'> & { memory?: Pick<ListMemory<never, never>, 'page'> } = {},
): Promise<unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = { ...LINEAR, ...params, ...(cursor === undefined ? {} : { cursor }) };
    const body = await api.read(endpoint, endpoint, asked, { ...options, rows: memory?.page(page) });
    const { list, nextPageCursor } = readBody(endpoint, body, listBody);
    rows.push(...list);
    // Some lists name a cursor even after their last row; an empty page is the end in any case.
    if (nextPageCursor === undefined || list.length === 0 || nextPageCursor === cursor) return rows;
    cursor = nextPageCursor;
  }
  throw new ExchangeFault('bad_answer', `${endpoint}: more than ${MAX_PAGES} pages`);
}

/** All rows of a history in a window of Bybit's clock. Rows at the edges of its parts may come twice. */
export const readHistory = (
  api: BybitApi,
  endpoint: EndpointName,
  params: Params,
  window: Window,
): Promise<unknown[]> =>
  inWindows(window, WEEKS, async ({ fromMs, toMs }) => ({
    rows: await readPages(api, endpoint, { ...params, startTime: fromMs, endTime: toMs }),
    cutOff: false,
  }));
