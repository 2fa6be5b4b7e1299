-- Facts are append-only, guarded by triggers; money and quantities are decimal text, never numbers.

CREATE TABLE trades (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL CHECK (leg IN ('long', 'short', 'net')),
  epoch TEXT NOT NULL,
  exchange TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('paper', 'demo', 'live')),
  side TEXT NOT NULL CHECK (side IN ('long', 'short')),
  adopted INTEGER NOT NULL CHECK (adopted IN (0, 1)),
  entry_order_id TEXT,
  exchange_position_id TEXT,
  exit_order_id TEXT,
  exit_reason TEXT NOT NULL,
  quantity TEXT NOT NULL,
  entry_price TEXT,
  close_price TEXT,
  realized_pnl TEXT,
  net_pnl TEXT,
  fees TEXT,
  funding TEXT,
  entry_at TEXT,
  exit_at TEXT,
  exit_at_ms INTEGER,
  uncovered_ms INTEGER NOT NULL,
  figures_source TEXT NOT NULL CHECK (figures_source IN ('exchange', 'fills', 'unknown')),
  -- Which source each figure came from, as JSON: a figure of the exchange replaces a derived one, never the reverse.
  figure_origins TEXT NOT NULL,
  PRIMARY KEY (account, symbol, leg, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX trades_by_exit ON trades (exit_at_ms);

CREATE TRIGGER trades_are_never_deleted BEFORE DELETE ON trades
BEGIN SELECT RAISE(ABORT, 'trades are never deleted'); END;

CREATE TABLE events (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  epoch TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  type TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  data TEXT NOT NULL CHECK (json_valid(data)),
  PRIMARY KEY (account, symbol, leg, epoch, sequence)
) STRICT, WITHOUT ROWID;

-- The first writing of a key stands; this holds for INSERT OR REPLACE by hand, too.
CREATE TRIGGER events_stand BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE account = NEW.account AND symbol = NEW.symbol AND leg = NEW.leg
             AND epoch = NEW.epoch AND sequence = NEW.sequence)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Keyed by trade and fill: one fill may close one epoch and open the next (a flip).
CREATE TABLE fills (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  epoch TEXT NOT NULL,
  fill_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  role TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  price TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fee TEXT,
  at_ms INTEGER NOT NULL,
  forced TEXT CHECK (forced IN ('liquidation', 'adl')),
  PRIMARY KEY (account, symbol, leg, epoch, fill_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER fills_stand BEFORE INSERT ON fills
WHEN EXISTS (SELECT 1 FROM fills WHERE account = NEW.account AND symbol = NEW.symbol AND leg = NEW.leg
             AND epoch = NEW.epoch AND fill_id = NEW.fill_id)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER fills_are_not_changed BEFORE UPDATE ON fills
BEGIN SELECT RAISE(ABORT, 'fills are append-only'); END;
CREATE TRIGGER fills_are_not_deleted BEFORE DELETE ON fills
BEGIN SELECT RAISE(ABORT, 'fills are append-only'); END;

-- One row per leg: its newest epoch and generation. `view` is NULL once that epoch is over; the row stays,
-- so that a publication that arrives late cannot bring a finished position back.
CREATE TABLE positions (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  epoch TEXT NOT NULL,
  generation INTEGER NOT NULL,
  workflow_id TEXT,
  side TEXT,
  stage TEXT,
  quantity TEXT,
  entry_price TEXT,
  covered INTEGER,
  updated_at TEXT,
  view TEXT CHECK (view IS NULL OR json_valid(view)),
  PRIMARY KEY (account, symbol, leg)
) STRICT, WITHOUT ROWID;

CREATE TABLE levels (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  level_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('stop', 'target')),
  direction TEXT NOT NULL CHECK (direction IN ('up', 'down')),
  price TEXT NOT NULL,
  working_type TEXT NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (account, symbol, leg, level_id),
  FOREIGN KEY (account, symbol, leg) REFERENCES positions (account, symbol, leg)
) STRICT, WITHOUT ROWID;

-- Grows whenever an account's levels change.
CREATE TABLE level_versions (
  account TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
