-- Two more append-only facts, guarded as the others are.

-- What the exchange said the account is worth; written when it differs from what was written last.
CREATE TABLE balances (
  account TEXT NOT NULL,
  asset TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  equity TEXT NOT NULL,
  available TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('start', 'change', 'hint')),
  PRIMARY KEY (account, asset, at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX balances_by_time ON balances (at_ms);

CREATE TRIGGER balances_stand BEFORE INSERT ON balances
WHEN EXISTS (SELECT 1 FROM balances WHERE account = NEW.account AND asset = NEW.asset AND at_ms = NEW.at_ms)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER balances_are_not_changed BEFORE UPDATE ON balances
BEGIN SELECT RAISE(ABORT, 'balances are append-only'); END;
CREATE TRIGGER balances_are_not_deleted BEFORE DELETE ON balances
BEGIN SELECT RAISE(ABORT, 'balances are append-only'); END;

-- Events in which a position was brought in line with the exchange; `sequence` is the deciding event's.
CREATE TABLE reconciliations (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  epoch TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (account, symbol, leg, epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX reconciliations_by_time ON reconciliations (account, at_ms);

CREATE TRIGGER reconciliations_stand BEFORE INSERT ON reconciliations
WHEN EXISTS (SELECT 1 FROM reconciliations WHERE account = NEW.account AND symbol = NEW.symbol
             AND leg = NEW.leg AND epoch = NEW.epoch AND sequence = NEW.sequence)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER reconciliations_are_not_changed BEFORE UPDATE ON reconciliations
BEGIN SELECT RAISE(ABORT, 'reconciliations are append-only'); END;
CREATE TRIGGER reconciliations_are_not_deleted BEFORE DELETE ON reconciliations
BEGIN SELECT RAISE(ABORT, 'reconciliations are append-only'); END;
