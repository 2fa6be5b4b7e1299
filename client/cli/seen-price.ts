/** How old the price is that a position waits on: what the worker that watches its account last saw. */
import type { AccountReport, PriceReport } from '../../config/serving.ts';
import type { Decimal } from '../../domain/decimal.ts';
import { STALE_PRICE_MS } from '../../domain/price-age.ts';
import type { WorkingType } from '../../domain/terms.ts';
import type { PositionView } from '../../domain/view.ts';
import type { Colors } from './context.ts';
import { duration, moment } from './render/format.ts';

/** `ageMs` counts from when the price was seen; a worker tells every two seconds what it saw. */
export type SeenPrice = { price: Decimal; workingType: WorkingType; seenAt: string; ageMs: number };

/** A position with the price that its watcher saw; absent where no worker here watches it, or saw none yet. */
export type PricedView = PositionView & { priceSeen?: SeenPrice };

type Reports = ReadonlyMap<string, Pick<AccountReport, 'prices'>>;

export function withPrice<View extends PositionView>(
  view: View,
  reports: Reports,
  nowMs: number,
): View & PricedView {
  const told = reports.get(view.account)?.prices?.filter(({ symbol }) => symbol === view.symbol) ?? [];
  const own = told.find(({ workingType }) => workingType === view.workingType);
  const found = seen(own, nowMs) ?? told.map((price) => seen(price, nowMs)).find((price) => price);
  return found === undefined ? view : { ...view, priceSeen: found };
}

function seen(told: PriceReport | undefined, nowMs: number): SeenPrice | undefined {
  if (!told || told.price === null || told.seenAt === null) return undefined;
  const { price, workingType, seenAt } = told;
  return { price, workingType, seenAt, ageMs: Math.max(0, nowMs - Date.parse(seenAt)) };
}

const isStale = ({ ageMs }: SeenPrice): boolean => ageMs > STALE_PRICE_MS;

/** `43010.5, 1 s old`. */
export function priceText({ priceSeen }: PricedView, colors: Colors): string {
  if (priceSeen === undefined) return colors.dim('-');
  const text = `${priceSeen.price}, ${duration(priceSeen.ageMs)} old`;
  return isStale(priceSeen) ? colors.red(text) : text;
}

/** For lines that are printed when they change: nothing while the price is fresh, and one text while it is not. */
export const silentPrice = ({ priceSeen }: PricedView): string[] =>
  priceSeen !== undefined && isStale(priceSeen) ? [`no price since ${moment(priceSeen.seenAt)}`] : [];
