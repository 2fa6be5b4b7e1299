/**
 * The search attributes of a position workflow: what people filter by in the Temporal Web UI.
 * Kept within what SQL visibility offers (10 Keyword, 3 Datetime, 3 Bool). Unprefixed on purpose:
 * on SQL stores custom attributes belong to one namespace, and short names read well in the UI.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const searchAttributes = {
  account: defineSearchAttributeKey('Account', SearchAttributeType.KEYWORD),
  exchange: defineSearchAttributeKey('Exchange', SearchAttributeType.KEYWORD),
  symbol: defineSearchAttributeKey('Symbol', SearchAttributeType.KEYWORD),
  /** `long` or `short`. */
  side: defineSearchAttributeKey('Side', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD),
  exchangePositionId: defineSearchAttributeKey('ExchangePositionId', SearchAttributeType.KEYWORD),
  entryOrderId: defineSearchAttributeKey('EntryOrderId', SearchAttributeType.KEYWORD),
  entryAt: defineSearchAttributeKey('EntryAt', SearchAttributeType.DATETIME),
  covered: defineSearchAttributeKey('Covered', SearchAttributeType.BOOL),
  drift: defineSearchAttributeKey('Drift', SearchAttributeType.BOOL),
} as const;

const TYPE_NAMES = { KEYWORD: 'Keyword', DATETIME: 'Datetime', BOOL: 'Bool' } as const;

/** Name and Temporal type of each attribute, for whoever registers them. */
export const searchAttributeList = Object.values(searchAttributes).map(({ name, type }) => ({
  name,
  type: TYPE_NAMES[type],
}));
