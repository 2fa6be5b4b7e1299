/**
 * The names under which older bots keep what we want to know, compared without case and separators:
 * `entry_price`, `entryPrice` and `EntryPrice` are one. The first name that is there and not empty counts.
 * Liberal in names, strict in meaning: a name that means different things to different bots is not here.
 */
export const NAMES = {
  symbol: ['symbol', 'marketsymbol', 'tradingpair', 'pair', 'instrument', 'market'],
  exchange: ['exchange', 'exchangename', 'exchangeid', 'venue'],
  side: ['positionside', 'side', 'direction'],
  quantity: ['quantity', 'qty', 'totalquantity', 'amount', 'positionamt', 'size'],
  entryPrice: ['entryprice', 'avgentryprice', 'averageentryprice', 'avgprice', 'averageprice', 'openprice'],
  stopLoss: ['stoplossprice', 'slprice', 'stopprice', 'stoploss', 'sl'],
  takeProfit: ['takeprofitprice', 'tpprice', 'takeprofit', 'tp'],
  entryOrderId: ['entryorderid', 'mainorderid', 'openorderid', 'parentorderid', 'orderid'],
  stopOrderId: ['slorderid', 'stoplossorderid', 'stoporderid', 'stoplosstriggerorderid'],
  targetOrderId: ['tporderid', 'takeprofitorderid', 'takeprofittriggerorderid'],
  exchangePositionId: ['positionidexchange', 'exchangepositionid', 'venuepositionid'],
  /** Often a bot's own number: it counts where it is as long as an exchange's. */
  positionId: ['positionid'],
  entryAt: ['entrytime', 'entryat', 'entrytimestamp', 'openedat', 'opentime', 'opentimestamp'],
  /** When the record was made, which is near enough to find a position by, and no nearer. */
  madeAt: ['createdat', 'timestamp'],
  status: ['status', 'state', 'positionstatus'],
  exitAt: ['exittime', 'exitat', 'closedat', 'closetime', 'exittimestamp'],
} as const satisfies Record<string, readonly string[]>;

export type FieldName = keyof typeof NAMES;

export type Field = { value: unknown; /** As the record writes it. */ name: string };

/** A look-up over one record's fields. */
export function fieldsOf(record: object): (field: FieldName) => Field | undefined {
  const byName = new Map(
    Object.entries(record).map(([name, value]): [string, Field] => [plain(name), { name, value }]),
  );
  return (field) => {
    const names: readonly string[] = NAMES[field];
    return names
      .map((name) => byName.get(name))
      .find((found) => found !== undefined && !isEmpty(found.value));
  };
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^0-9a-z]/g, '');

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && /^\s*(null|none|nan)?\s*$/i.test(value));
