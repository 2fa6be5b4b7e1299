/** What becomes of a record of which no open position tells. */
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import { matchRecord } from '../../domain/audit/record-match.ts';
import type { MigrationItem, MigrationSides, MigrationStep } from './migration.ts';
import type { BotRecord } from './record.ts';

export const recordItem = (step: MigrationStep, record: BotRecord, text: string): MigrationItem => ({
  step,
  symbol: record.symbol,
  leg: null,
  side: record.side,
  quantity: null,
  records: [record.place],
  text,
  remarks: record.remarks,
});

export function closedItem(record: BotRecord, { histories, rules, lost }: MigrationSides): MigrationItem {
  const rows = histories.get(record.symbol);
  const market = rules.get(record.symbol);
  if (!rows || !market)
    return recordItem('unclear', record, `not open, and the history of ${record.symbol} could not be read`);
  const found = matchRecord(record, rows, market);
  if (found.match === 'none') return recordItem('not_found', record, `not open, and ${found.why}`);
  if (found.match === 'many')
    return recordItem('unclear', record, `${found.rows.length} closed positions fit it alike`);
  return matchedItem(record, found.row, lost);
}

function matchedItem(record: BotRecord, row: ClosedPosition, lost: MigrationSides['lost']): MigrationItem {
  const { leg, side, quantity, closedAtMs, closePrice, netPnl } = row;
  const when = closedAtMs === undefined ? '' : ` ${new Date(closedAtMs).toISOString()}`;
  const text = `closed${when} at ${closePrice ?? 'an unknown price'}, net ${netPnl ?? 'unknown'}`;
  const item = (step: MigrationStep, more = ''): MigrationItem => ({
    ...recordItem(step, record, `${text}${more}`),
    leg,
    side,
    quantity,
    closed: row,
    ...(record.entryOrderId !== null && { entryOrderId: record.entryOrderId }),
  });
  if (lost.lost.includes(row)) return item('write_trade');
  const keeper = lost.left.find((each) => each.row === row);
  if (keeper) return item('kept', `: left to ${keeper.workflowId}, which runs`);
  const doubt = lost.unclear.find((each) => each.row === row);
  return doubt ? item('unclear', `: ${doubt.why}`) : item('written');
}
