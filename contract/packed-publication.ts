/**
 * What a position tells the journal, as it goes through Temporal: raw deflate of JSON of this shape, with a
 * dictionary that both sides know.
 */
import type { TradeRow } from '../domain/position/trade.ts';
import type { JournalEvent, PositionPublication } from '../domain/publication.ts';

export type PackedPublication = Omit<PositionPublication, 'events'> & {
  version: 1;
  /** Sequence, type, time (ms) and data of each; all are of the publication's own key. */
  events: [number, string, number, JournalEvent['data']][];
  /** The row of a position that is over: whoever writes it tells the account that the leg is free. */
  trade?: TradeRow;
  /** Something was left on the leg: the position tells the account by itself. */
  left?: true;
};

/**
 * Words that every publication is made of, the most frequent last. What is on its way when a worker is
 * updated was packed with it, so it never changes: a better one would be another activity.
 */
export const DICTIONARY = [
  '{"version":1,"events":[[1,"PositionStarted",{"start":{"account":"","exchange":"binance","bybit","bingx",',
  '"mode":"live","demo","paper","symbol":"BTC/USDT:USDT","leg":"long","short","net","epoch":"","positionIds":true,',
  '"market":{"tickSize":"0.1","lotSize":"0.001","minQuantity":"0.001","minNotional":"2","maxQuantity":"","symbol":"',
  '"settings":{"workingType":"MARK_PRICE","CONTRACT_PRICE","instantTpEnabled":true,"batchProtection":true,',
  '"crossingGraceMs":1500,"entryValidMs":120000,"positionLagMs":3000,"unknownAlarmMs":15000,"uncoveredAlarmMs":5000,',
  '"emergencyCloseMs":30000},"side":"long","quantity":"0.1","limitPrice":null,"stopLoss":{"price":"',
  '"takeProfit":{"percent":"","PriceCrossed",{"crossing":{"levelId":"/t1/target/","/t1/stop/","kind":"target","stop",',
  '"sinceMs":"CrossingSettled","CloseRequested",{"reason":"INSTANT_TAKE_PROFIT","why":"the price crossed the ',
  '"PositionOpened","Suspected",{"suspicion":{"seenQuantity":"0","seenSide":null,"seenPositionId":null,"sinceMs":,',
  '"readings":0,"takenAtMs":0,"asks":0,"agreed":true}}],"CoverLost","CoverRestored",{"nowMs":"PositionIdentified",',
  '{"exchangePositionId":"","openedAtMs":,"SuspicionCleared",{"why":"the exchange agrees again"}],',
  '"IntentUnknown","why":"vanished","reason":"not among the open orders","sentAtMs":"IntentEnded",{"number":,',
  '"how":"filled","cancelled","WentFlat",{"reason":"TAKE_PROFIT","STOP_LOSS","USER_CLOSE","CancelWanted",',
  '{"number":2,"why":"the position is closed"}],"FlatSeen",{"takenAtMs":"FillsRead",{"fills":[{"fillId":"",',
  '"price":"","fee":"0.05","FiguresFound",{"figures":{"whole":true,"entryPrice":"","closePrice":"","realizedPnl":"",',
  '"netPnl":"","fees":"","funding":"0","openedAtMs":,"closedAtMs":,"orderIds":["TradeJournalled",',
  '{"figuresSource":"exchange"}],"PositionClosed",{}]],"key":{"account":"","fills":[],"view":null,"view":{"workflowId":',
  '"position/","stage":"open","requestedQuantity":"","entryOrderId":"","entryClientOrderId":"hf","identifiedBy":',
  '"position_id","leg_and_epoch","entryAt":"2026-11-21T19:18:39.502Z","adopted":false,"policy":null,"covered":true,',
  '"uncoveredMs":,"tranches":[{"id":"t1","quantity":"","stopLoss":{"price":"","orderId":"","state":"live"},',
  '"takeProfit":{"price":"","orderId":"","state":"live"}}],"unknownOrders":[],"foreignOrders":[],"drift":false,',
  '"findings":[],"nextAction":"learn the position id from the exchange","wait for the target, the stop, or a request",',
  '"lastSnapshotAt":null,"exitReason":null,"updatedAt":"","levels":[{"trancheId":"t1","direction":"down","up",',
  '"generation":,"trade":{"exitOrderId":"","exitAt":"IntentProgressed",{"number":2,"createdAtMs":,"filledAtMs":',
  '"IntentAccepted",{"number":1,"orderId":"","atMs":,"sentAtMs":,"nowMs":,"IntentPlanned",{"intent":{"number":1,',
  '"role":"entry","stop","target","close","trancheId":"t1","request":{"clientOrderId":"hf","symbol":"","leg":"net",',
  '"side":"buy","sell","reduceOnly":true,false,"kind":"market","limit","take_profit_market","stop_market",',
  '"workingType":"CONTRACT_PRICE","quantity":"","triggerPrice":""},"plannedAtMs":,"status":{"name":"planned",',
  '"nextAtMs":,"attempts":0},"cancelWanted":false,"orderId":null,"acceptedAtMs":null,"filledQuantity":"0",',
  '"averagePrice":null,"filledAtMs":null,"closeReason":null}}],',
].join('');
