-- What a comparison of all accounts with their exchanges found and did: append-only.

CREATE TABLE sync_reports (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('daily', 'request')),
  executed INTEGER NOT NULL CHECK (executed IN (0, 1)),
  clean INTEGER NOT NULL CHECK (clean IN (0, 1)),
  report TEXT NOT NULL CHECK (json_valid(report))
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_reports_by_time ON sync_reports (at_ms);

CREATE TRIGGER sync_reports_stand BEFORE INSERT ON sync_reports
WHEN EXISTS (SELECT 1 FROM sync_reports WHERE id = NEW.id)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER sync_reports_are_not_changed BEFORE UPDATE ON sync_reports
BEGIN SELECT RAISE(ABORT, 'sync reports are append-only'); END;
CREATE TRIGGER sync_reports_are_not_deleted BEFORE DELETE ON sync_reports
BEGIN SELECT RAISE(ABORT, 'sync reports are append-only'); END;
