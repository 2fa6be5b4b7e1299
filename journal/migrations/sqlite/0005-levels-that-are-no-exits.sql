-- Levels that move a stop or merge tranches wake a position as its exits do.
CREATE TABLE levels_of_all_kinds (
  account TEXT NOT NULL,
  symbol TEXT NOT NULL,
  leg TEXT NOT NULL,
  level_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('stop', 'target', 'trail', 'break_even', 'profit')),
  direction TEXT NOT NULL CHECK (direction IN ('up', 'down')),
  price TEXT NOT NULL,
  working_type TEXT NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (account, symbol, leg, level_id),
  FOREIGN KEY (account, symbol, leg) REFERENCES positions (account, symbol, leg)
) STRICT, WITHOUT ROWID;
INSERT INTO levels_of_all_kinds
SELECT account, symbol, leg, level_id, workflow_id, kind, direction, price, working_type, generation FROM levels;
DROP TABLE levels;
ALTER TABLE levels_of_all_kinds RENAME TO levels;
