/** What older bots' records are read as, whatever they call their fields; and what is not taken from them. */
import { DatabaseSync } from 'node:sqlite';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../client/cli/migrate/read-file.ts';
import { readRecord } from '../../client/migrate/read-record.ts';
import { symbolIn, timeIn } from '../../client/migrate/values.ts';
import { temporaryFolder } from '../support/temporary.ts';

const read = (fields: object) => {
  const reading = readRecord(fields, 'here', '+09:00');
  return 'record' in reading ? reading.record : reading.unreadable.why;
};
const ENTRY = '2025-10-23T09:15:08.000Z';

describe("a record's fields", () => {
  it.each([
    ['BTC-USDT', 'BTC/USDT:USDT'],
    ['btcusdt', 'BTC/USDT:USDT'],
    ['BTC/USDT:USDT', 'BTC/USDT:USDT'],
    ['ETH_USDC', 'ETH/USDC:USDC'],
    ['BTC-USDT-SWAP', 'BTC/USDT:USDT'],
    ['1000PEPEUSDT.P', '1000PEPE/USDT:USDT'],
    ['BTC', undefined],
    ['BTC/USD:BTC', undefined],
    ['', undefined],
  ])('symbol %s is %s', (text, symbol) => expect(symbolIn(text)).toBe(symbol));

  it.each([
    ['2025-10-23T09:15:08Z', ENTRY],
    ['2025-10-23T18:15:08.000+09:00', ENTRY],
    ['2025-10-23 18:15:08+0900', ENTRY],
    ['2025-10-23 09:15:08 UTC', ENTRY],
    ['2025-10-23T18:15:08.000123', ENTRY],
    ['1761210908', ENTRY],
    ['1761210908.0004', ENTRY],
    [1761210908000n, ENTRY],
    ['1761210908000123', ENTRY],
  ])('time %s is read', (value, at) => {
    const reading = timeIn(value, '+09:00');
    expect('atMs' in reading && new Date(reading.atMs).toISOString()).toBe(at);
  });

  it.each(['yesterday', '2025-13-45T00:00:00Z', '7', '', '2025-10-23'])('time %s is none', (value) =>
    expect(timeIn(value, 'Z')).toHaveProperty('problem'),
  );

  it('a time without a zone is not guessed', () => {
    expect(timeIn('2025-10-23T18:15:08')).toEqual({
      problem: '2025-10-23T18:15:08 names no time zone: say --utc-offset, such as +00:00',
    });
  });

  it('go by many names', () => {
    const snake = {
      order_id: '1981288264506753024',
      position_id_exchange: '1981288265204482048',
      symbol: 'BTC-USDT',
      side: 'BUY',
      entry_price: '109206.8',
      size: '0.081',
      stop_loss: '108000',
      take_profit: '0',
      entry_time: ENTRY,
      status: 'OPEN',
    };
    const camel = {
      entryOrderId: 1981288264506753024n,
      exchangePositionId: '1981288265204482048',
      Symbol: 'BTCUSDT',
      direction: 'long',
      avgEntryPrice: 109206.8,
      quantity: 0.081,
      slPrice: 108000,
      entryTime: Date.parse(ENTRY),
      state: 'active',
    };
    const expected = {
      symbol: 'BTC/USDT:USDT',
      side: 'long',
      quantity: '0.081',
      entryPrice: '109206.8',
      entryAtMs: Date.parse(ENTRY),
      openedAtMs: Date.parse(ENTRY),
      entryOrderId: '1981288264506753024',
      exchangePositionId: '1981288265204482048',
      stopLoss: '108000',
      takeProfit: null,
      ended: false,
      remarks: [],
    };
    expect(read(snake)).toMatchObject(expected);
    expect(read(camel)).toMatchObject(expected);
  });

  it('that mean nothing make a record unreadable, with all reasons', () => {
    expect(read({ symbol: 'BTC', side: 'up', quantity: 'some', entry_price: '-5' })).toBe(
      'symbol "BTC" is no symbol with its quote currency, such as BTC-USDT; side "up" is neither long nor short; ' +
        'quantity "some" is no quantity; entry_price "-5" is no price',
    );
    expect(read({ side: 'long' })).toBe('it has no symbol');
  });

  it('of which a stop or a time makes no sense are read without those, and say so', () => {
    const record = read({ symbol: 'BTCUSDT', entry_price: '100000', stop_loss: '2', entry_time: 'noon' });
    expect(record).toMatchObject({
      stopLoss: null,
      entryAtMs: null,
      remarks: ['entry_time noon is no time', 'stop_loss "2" is no price near 100000'],
    });
  });

  it("never takes an order's id for the position's", () => {
    const record = read({
      symbol: 'BTCUSDT',
      order_id: '1981288264506753024',
      position_id_exchange: '1981288264506753024',
    });
    expect(record).toMatchObject({ entryOrderId: '1981288264506753024', exchangePositionId: null });
    expect(record).toHaveProperty('remarks', [expect.stringContaining("is the order's")]);
  });

  it("takes a bot's own row number for no exchange's id", () => {
    expect(read({ symbol: 'BTCUSDT', position_id: 17 })).toMatchObject({ exchangePositionId: null });
    expect(read({ symbol: 'BTCUSDT', position_id: '1981288265204482048' })).toMatchObject({
      exchangePositionId: '1981288265204482048',
    });
  });

  it.each([
    [{ status: 'CLOSED' }, true],
    [{ status: 'closed_by_tp' }, true],
    [{ status: 'FILLED' }, false],
    [{ quantity: '0' }, true],
    [{ exit_time: ENTRY }, true],
    [{ status: 'OPEN', exit_time: null }, false],
    [{}, false],
  ])('%o says that it is over: %s', (fields, ended) => {
    expect(read({ symbol: 'BTCUSDT', ...fields })).toMatchObject({ ended });
  });

  it('a negative amount is a short', () => {
    expect(read({ symbol: 'BTCUSDT', positionAmt: '-0.5', positionSide: 'BOTH' })).toMatchObject({
      side: 'short',
      quantity: '0.5',
    });
  });
});

describe('a JSON state', () => {
  const stateFile = (text: string): string => {
    const file = join(temporaryFolder(), 'state.json');
    writeFileSync(file, text);
    return file;
  };

  it('keeps every digit of an id, and says where each record stands', () => {
    const file = stateFile(`{ "balance": 4589.12, "trades": [
      { "order_id": 1981288264506753024, "symbol": "BTC-USDT", "side": "LONG" }, 7, { "symbol": "?" } ] }`);
    const { records, unreadable } = readRecords(file);
    expect(records).toMatchObject([{ place: 'state.json: trades[0]', entryOrderId: '1981288264506753024' }]);
    expect(unreadable).toMatchObject([
      { place: 'state.json: trades[1]', why: 'it is no object' },
      { place: 'state.json: trades[2]' },
    ]);
  });

  it('can be a bare list, or name its trades', () => {
    expect(readRecords(stateFile('[{ "symbol": "BTCUSDT" }]')).records).toHaveLength(1);
    const named = readRecords(stateFile('{ "positions": { "a": { "symbol": "BTCUSDT" } } }'));
    expect(named.records).toMatchObject([{ place: 'state.json: positions[a]' }]);
  });

  it.each([
    ['{ "settings": {} }', 'has no list of trades'],
    ['{ "trades": 5 }', 'is no state of a bot'],
    ['hello', 'neither JSON nor a SQLite database'],
  ])('%s is refused', (text, why) => expect(() => readRecords(stateFile(text))).toThrow(why));

  it('that is not there is refused with the reason', () => {
    expect(() => readRecords(join(temporaryFolder(), 'none.json'))).toThrow('cannot be read');
    expect(() => readRecords('postgres://localhost/bot')).toThrow('PostgreSQL is not read');
  });
});

describe('a SQLite file', () => {
  const databaseOf = (script: string): string => {
    const file = join(temporaryFolder(), 'bot.db');
    const database = new DatabaseSync(file);
    database.exec(script);
    database.close();
    return file;
  };
  const RELATIONS = `CREATE TABLE order_relationships (id INTEGER PRIMARY KEY, main_order_id TEXT NOT NULL,
    tp_order_id TEXT, sl_order_id TEXT, symbol TEXT NOT NULL, position_side TEXT DEFAULT 'BOTH', created_at INTEGER NOT NULL);`;

  it('has positions with the orders that protect them', () => {
    const file = databaseOf(`${RELATIONS}
      CREATE TABLE position_tp_sl (position_id TEXT, symbol TEXT, exchange TEXT, side TEXT, quantity REAL, entry_price REAL,
        tp_price REAL, sl_price REAL, entry_order_id INTEGER, status TEXT);
      INSERT INTO position_tp_sl VALUES ('BTCUSDT_LONG', 'BTCUSDT', 'binance', 'LONG', 0.05, 43000.5, 44000.0, 42500.0, 1981288264506753024, 'active');
      INSERT INTO order_relationships VALUES (1, '1981288264506753024', '21', '22', 'BTCUSDT', 'LONG', 1761210908);
      INSERT INTO order_relationships VALUES (2, '77', NULL, '23', 'ETHUSDT', 'BOTH', 1761210908);`);
    const { records, unreadable } = readRecords(file);
    expect(unreadable).toEqual([]);
    expect(records).toMatchObject([
      {
        place: 'bot.db: position_tp_sl row 1 with order_relationships row 1',
        exchange: 'binance',
        quantity: '0.05',
        stopLoss: '42500',
        takeProfit: '44000',
        entryOrderId: '1981288264506753024',
        exchangePositionId: null,
        stopOrderId: '22',
        targetOrderId: '21',
        entryAtMs: Date.parse(ENTRY),
        openedAtMs: null,
      },
      { place: 'bot.db: order_relationships row 2', symbol: 'ETH/USDT:USDT', side: null, stopOrderId: '23' },
    ]);
  });

  it('can relate its orders one by one', () => {
    const file =
      databaseOf(`CREATE TABLE order_relationships (parent_order_id TEXT, child_order_id TEXT, relation_type TEXT, symbol TEXT);
      INSERT INTO order_relationships VALUES ('5', '6', 'STOP_LOSS', 'BTC-USDT'), ('5', '7', 'take_profit', 'BTC-USDT');`);
    expect(readRecords(file).records).toMatchObject([
      { entryOrderId: '5', stopOrderId: '6', targetOrderId: '7' },
    ]);
  });

  it('is not changed, and is refused without either table', () => {
    const file = databaseOf('CREATE TABLE settings (name TEXT); CREATE TABLE log (text TEXT);');
    expect(() => readRecords(file)).toThrow(
      'neither table position_tp_sl nor order_relationships; it has log, settings',
    );
  });
});
