-- What a watcher asks every few seconds must not grow with all the trades there ever were.
CREATE INDEX trades_by_account ON trades (account, exit_at_ms, uncovered_ms);
CREATE INDEX trades_lacking_figures ON trades (account, exit_at_ms)
WHERE figures_source <> 'exchange' AND exit_reason <> 'NEVER_OPENED';
