/** The Markdown card that the Temporal Web UI shows as a workflow's current details. */
import type { KeptPolicy } from './adoption.ts';
import { foreignText, view } from './describe.ts';
import type { PositionState } from './position.ts';
import { movesOf, percentText, shareText, toEnterText } from './tranche-words.ts';
import type { Finding, ForeignOrder, PositionView, ProtectionView, TrancheView } from '../view.ts';

/** Findings shown; all of them are in the `status` query. */
const SHOWN_FINDINGS = 8;

export function card(state: PositionState, workflowId: string, nowMs: number): string {
  const shown = view(state, workflowId, nowMs);
  const only = shown.tranches.length === 1 ? shown.tranches[0] : undefined;
  return [
    headline(shown),
    '',
    ...findings(shown.findings),
    '| | |',
    '|---|---|',
    ...[...(only ? protectionRows(only) : []), ...rows(shown)].map(
      ([name, value]) => `| ${name} | ${value} |`,
    ),
    ...(only ? [] : trancheTable(shown.tranches)),
  ].join('\n');
}

function protectionRows(tranche: TrancheView): [string, string][] {
  const { stopLoss, takeProfit, targets } = tranche;
  const toEnter = toEnterText(tranche);
  return [
    ['stop loss', protection(stopLoss)],
    ...movesOf(tranche),
    ...(targets ?? []).map((target): [string, string] => [
      `target ${target.id}`,
      `${protection(target)}, ${shareText(target)}`,
    ]),
    ...(targets ? [] : [['take profit', protection(takeProfit)] as [string, string]]),
    ...(toEnter === null ? [] : [['to enter', toEnter] as [string, string]]),
  ];
}

const trancheTable = (tranches: TrancheView[]): string[] => [
  '',
  '| tranche | quantity | entry | stop loss | take profit | moves |',
  '|---|---|---|---|---|---|',
  ...tranches.map(
    (tranche) =>
      `| ${tranche.id} | ${tranche.quantity} | ${tranche.entryPrice ?? '-'} | ${protection(tranche.stopLoss)} | ${targetsCell(tranche)} | ${movesCell(tranche)} |`,
  ),
];

const targetsCell = ({ targets, takeProfit }: TrancheView): string =>
  targets
    ? targets.map((target) => `${protection(target)} (${percentText(target.share)})`).join(', ')
    : protection(takeProfit);

const movesCell = (tranche: TrancheView): string =>
  movesOf(tranche)
    .map(([name, text]) => `${name} ${text}`)
    .join('; ') || 'no';

function headline(shown: PositionView): string {
  const live = shown.mode === 'live' ? ' **LIVE MONEY**' : ` (${shown.mode})`;
  return `### ${shown.side.toUpperCase()} ${shown.quantity} ${shown.symbol}: ${shown.stage}${shown.exitReason ? ` (${shown.exitReason})` : ''}${live}`;
}

function rows(shown: PositionView): [string, string][] {
  return [
    ['next', shown.nextAction],
    ['cover', cover(shown)],
    [
      'entry',
      shown.entryPrice === null
        ? 'not filled yet'
        : `${shown.entryPrice} at ${shown.entryAt ?? 'an unknown time'}`,
    ],
    ...(shown.policy ? [['adopted', POLICIES[shown.policy]] as [string, string]] : []),
    ...(shown.restingCloses ?? []).map((close): [string, string] => [
      'limit close',
      `${close.quantity} of ${close.trancheId} at ${close.price} ${code(close.orderId)}`,
    ]),
    ...(shown.timeExitAt
      ? [['closes at', `${shown.timeExitAt}, whatever its price`] as [string, string]]
      : []),
    ['entry order', code(shown.entryOrderId)],
    ['position id', identity(shown)],
    [
      'agrees',
      `${shown.drift ? 'NO, being looked into' : 'yes'}, last difference read at ${shown.lastSnapshotAt ?? '-'}`,
    ],
    ...shown.unknownOrders.map((order): [string, string] => [
      `unknown ${order.role} order`,
      `${code(order.clientOrderId)} since ${order.sinceAt}`,
    ]),
    ...foreignRows(shown.foreignOrders ?? []),
  ];
}

/** Foreign orders shown; all of them are in the `status` query. */
const SHOWN_FOREIGN = 5;

function foreignRows(orders: readonly ForeignOrder[]): [string, string][] {
  const rows = orders
    .slice(0, SHOWN_FOREIGN)
    .map((order): [string, string] => ['foreign order', foreignText(order)]);
  const left = orders.length - rows.length;
  return left === 0 ? rows : [...rows, ['foreign orders', `and ${left} more`]];
}

const POLICIES: Record<KeptPolicy, string> = {
  watch: 'from the exchange: only watched',
  protect: 'from the exchange: protected',
  manage: 'from the exchange: managed',
};

const identity = ({ exchange, exchangePositionId, identifiedBy, leg, epoch }: PositionView): string =>
  identifiedBy === 'position_id'
    ? code(exchangePositionId)
    : `${exchange} gives none: this is leg ${leg}, epoch ${code(epoch)}`;

function cover(shown: PositionView): string {
  const seconds = (shown.uncoveredMs / 1000).toFixed(1);
  if (shown.quantity === '0') return `nothing open; ${seconds} s without cover in all`;
  return `${shown.covered ? 'covered by a live stop' : 'NOT COVERED'}; ${seconds} s without cover in all`;
}

const code = (value: string | null): string => (value === null ? '-' : `\`${value}\``);

function protection(shown: ProtectionView): string {
  if (shown.price === null && shown.state === 'none') return 'none';
  return `${shown.price ?? 'at the fill'} ${shown.state}${shown.orderId === null ? '' : ` ${code(shown.orderId)}`}`;
}

function findings(all: Finding[]): string[] {
  if (all.length === 0) return [];
  return [
    ...all
      .slice(-SHOWN_FINDINGS)
      .toReversed()
      .map((finding) => `- **${finding.kind}**: ${finding.text} (${new Date(finding.atMs).toISOString()})`),
    '',
  ];
}
