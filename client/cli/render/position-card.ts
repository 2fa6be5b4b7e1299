/** One position in full, as `show` prints it. */
import { foreignText } from '../../../domain/position/describe.ts';
import type { PositionView } from '../../../domain/view.ts';
import type { Shown } from '../../api.ts';
import type { Colors } from '../context.ts';
import { priceText, type PricedView } from '../seen-price.ts';
import { duration, liveBanner, modeText, moment, orDash } from './format.ts';
import { coverText, quantityText, sideText } from './positions.ts';
import { trancheLines } from './tranches.ts';

const LABEL_WIDTH = 14;

/** @param nowMs tells how old a position is that its workflow did not answer for */
export function positionCard(shown: Shown & { position: PricedView }, colors: Colors, nowMs: number): string {
  const { position: view } = shown;
  const row = (label: string, value: string) => `${colors.dim(label.padEnd(LABEL_WIDTH))}${value}`;
  return [
    ...liveBanner([view.mode], colors),
    ...staleLines(shown, colors, nowMs),
    `${colors.bold(view.symbol)}  ${sideText(view, colors)} ${quantityText(view)}  ${view.stage}  ${coverText(view, colors)}`,
    '',
    row('account', `${view.account} on ${view.exchange}, ${modeText(view.mode, colors)}, leg ${view.leg}`),
    row('entry', entryText(view)),
    row(
      'entry order',
      `${orDash(view.entryOrderId)}  ${colors.dim(`client id ${orDash(view.entryClientOrderId)}`)}`,
    ),
    row('position id', identity(view)),
    row('watches', `${view.workingType}${view.priceSeen ? `  ${priceText(view, colors)}` : ''}`),
    ...view.tranches.flatMap((tranche) => trancheLines(tranche, row)),
    ...(view.restingCloses ?? []).map(({ trancheId, quantity, price, orderId }) =>
      row('limit close', `${quantity} of ${trancheId} at ${price}  order ${orDash(orderId)}`),
    ),
    ...(view.timeExitAt ? [row('closes at', `${moment(view.timeExitAt)} whatever its price`)] : []),
    row('without cover', duration(view.uncoveredMs)),
    ...view.unknownOrders.map(({ role, clientOrderId, sinceAt }) =>
      row('unknown order', colors.yellow(`${role} ${clientOrderId} since ${moment(sinceAt)}`)),
    ),
    ...(view.foreignOrders ?? []).map((order) => row('foreign order', foreignText(order))),
    row(
      'compared',
      view.lastSnapshotAt === null
        ? 'not yet'
        : `${moment(view.lastSnapshotAt)}, ${view.drift ? colors.yellow('differs') : 'agrees'}`,
    ),
    ...view.findings.map(({ kind, text, atMs }) =>
      row(kind, `${paint(kind, colors)(text)}  ${colors.dim(moment(new Date(atMs).toISOString()))}`),
    ),
    ...(view.exitReason === null ? [] : [row('ended', view.exitReason)]),
    row('next', view.nextAction),
    row('workflow', view.workflowId),
  ].join('\n');
}

function staleLines(shown: Shown, colors: Colors, nowMs: number): string[] {
  if (shown.answeredBy === 'workflow') return [];
  const age = duration(Math.max(0, nowMs - Date.parse(shown.position.updatedAt)));
  return [colors.yellow(`As written down ${age} ago: its workflow does not answer (${shown.because}).`)];
}

const entryText = ({ entryPrice, entryAt, adopted }: PositionView): string =>
  `${entryPrice === null ? 'no price yet' : entryPrice}  ${moment(entryAt)}${adopted ? '  adopted' : ''}`;

const paint = (kind: string, colors: Colors) =>
  kind === 'alarm' ? colors.red : kind === 'warning' ? colors.yellow : colors.dim;

const identity = ({ exchange, exchangePositionId, identifiedBy, leg, epoch }: PositionView): string =>
  identifiedBy === 'leg_and_epoch'
    ? `${exchange} gives none: this is leg ${leg}, epoch ${epoch}`
    : orDash(exchangePositionId);
