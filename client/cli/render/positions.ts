/** Open positions as a table. */
import { movesOf, openTargets } from '../../../domain/position/tranche-words.ts';
import type { PositionView, ProtectionView, TrancheView } from '../../../domain/view.ts';
import type { Colors } from '../context.ts';
import { priceText as seenText, silentPrice, type PricedView } from '../seen-price.ts';
import { table, type Column } from '../table.ts';
import { exchangeText, figure, liveBanner, modeText, moment, orDash } from './format.ts';

export function positionsTable(
  views: readonly PricedView[],
  { colors, width }: { colors: Colors; width: number },
): string {
  if (views.length === 0) return 'No position is open.';
  const isOne = new Set(views.map(({ account }) => account)).size <= 1;
  const account: Column<PositionView> = {
    head: 'ACCOUNT',
    cell: ({ account: name, mode }) => (mode === 'live' ? `${name} ${modeText(mode, colors)}` : name),
    rank: isOne ? 2 : 0,
  };
  const price: Column<PricedView> = {
    head: 'PRICE',
    cell: (view) => seenText(view, colors),
    align: 'right',
    rank: 2,
  };
  const columns: Column<PricedView>[] = [
    ...(isOne ? [] : [account, exchangeColumn]),
    { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
    { head: 'SIDE', cell: (view) => sideText(view, colors), rank: 0 },
    { head: 'QTY', cell: quantityText, align: 'right', rank: 0 },
    { head: 'ENTRY', cell: ({ entryPrice }) => figure(entryPrice), align: 'right', rank: 0 },
    { head: 'STOP', cell: (view) => protectionText(view, 'stopLoss', colors), align: 'right', rank: 0 },
    { head: 'TARGET', cell: (view) => protectionText(view, 'takeProfit', colors), align: 'right', rank: 0 },
    { head: 'STAGE', cell: ({ stage }) => stage, rank: 1 },
    { head: 'COVER', cell: (view) => coverText(view, colors), rank: 0 },
    ...(views.some(({ priceSeen }) => priceSeen) ? [price] : []),
    ...(views.some((view) => exitsText(view) !== '') ? [exitsColumn] : []),
    ...(isOne ? [account] : []),
    { head: 'SINCE (UTC)', cell: ({ entryAt }) => moment(entryAt), rank: 3 },
    { head: 'POSITION ID', cell: ({ exchangePositionId }) => orDash(exchangePositionId), rank: 4 },
    { head: 'NOTES', cell: notesText, rank: 5 },
  ];
  return [
    ...liveBanner(
      views.map(({ mode }) => mode),
      colors,
    ),
    table(views, columns, width, colors.dim),
  ].join('\n');
}

const exchangeColumn: Column<PositionView> = {
  head: 'EXCHANGE',
  cell: ({ exchange }) => exchangeText(exchange),
  rank: 2,
};

const exitsColumn: Column<PositionView> = { head: 'EXITS', cell: exitsText, rank: 2 };

/** What else ends it, or moves its stop: `trailing, break-even, until 01-02 03:04`. */
function exitsText({ tranches, timeExitAt, restingCloses = [] }: PositionView): string {
  const moves = [...new Set(tranches.flatMap((tranche) => movesOf(tranche).map(([name]) => name)))];
  return [
    ...moves,
    ...(restingCloses.length > 0 ? ['limit close'] : []),
    ...(timeExitAt ? [`until ${moment(timeExitAt).slice(5, 16)}`] : []),
  ].join(', ');
}

/** One position as one line, for places where lines scroll by. */
export function positionLine(view: PricedView, colors: Colors, extra = ''): string {
  const entry = view.entryPrice === null ? '' : ` @ ${figure(view.entryPrice)}`;
  const parts = [
    ...(view.mode === 'live' ? [modeText(view.mode, colors)] : []),
    `${colors.bold(view.symbol)}`,
    `${sideText(view, colors)} ${quantityText(view)}${entry}${extra}`,
    `stop ${protectionText(view, 'stopLoss', colors)}`,
    `target ${protectionText(view, 'takeProfit', colors)}`,
    view.stage === 'open' ? coverText(view, colors) : view.stage,
    ...(exitsText(view) === '' ? [] : [colors.dim(exitsText(view))]),
    ...silentPrice(view).map((text) => colors.red(text)),
    ...view.findings.filter(({ kind }) => kind === 'alarm').map(({ text }) => colors.red(text)),
  ];
  return parts.join('  ');
}

export const sideText = ({ side }: Pick<PositionView, 'side'>, colors: Colors): string =>
  side === 'long' ? colors.green('long') : colors.red('short');

/** While an entry fills: what is there of what was asked for. */
export const quantityText = ({ stage, quantity, requestedQuantity }: PositionView): string =>
  stage === 'entering' && quantity !== requestedQuantity ? `${quantity}/${requestedQuantity}` : quantity;

/** Price and, unless it simply rests at the exchange, its state; `+2`: two more targets. Several tranches: how many. */
export function protectionText(
  { tranches }: PositionView,
  kind: 'stopLoss' | 'takeProfit',
  colors: Colors,
): string {
  const wanted = tranches.map((tranche) => tranche[kind]).filter(({ state }) => state !== 'none');
  const [only, second] = wanted;
  if (only === undefined) return colors.dim('none');
  if (second === undefined)
    return `${priceText(only, colors)}${kind === 'takeProfit' ? moreText(tranches) : ''}`;
  return `${wanted.length}x ${wanted.map(({ price }) => orDash(price)).join('/')}`;
}

/** Beside the nearest target, which is shown. */
function moreText(tranches: readonly TrancheView[]): string {
  const more = tranches.flatMap(openTargets).length - 1;
  return more > 0 ? ` +${more}` : '';
}

function priceText({ price, state }: ProtectionView, colors: Colors): string {
  const text = orDash(price);
  if (state === 'live') return text;
  return state === 'refused' || state === 'unknown'
    ? `${text} ${colors.red(state)}`
    : `${text} ${colors.yellow(state)}`;
}

export function coverText({ covered, quantity }: PositionView, colors: Colors): string {
  if (quantity === '0') return colors.dim('-');
  return covered ? colors.green('covered') : colors.red('NO STOP');
}

function notesText({ findings, drift, unknownOrders, adopted }: PositionView): string {
  const alarms = findings.filter(({ kind }) => kind !== 'note').length;
  return [
    ...(drift ? ['differs'] : []),
    ...(unknownOrders.length > 0 ? [`${unknownOrders.length} unknown`] : []),
    ...(alarms > 0 ? [`${alarms} alarms`] : []),
    ...(adopted ? ['adopted'] : []),
  ].join(', ');
}
