DROP TABLE pattern_credits;
DROP TABLE holds;
DROP TABLE transfers;
DROP TABLE ledger_accounts;
