-- Ann was given 500 and spent some; of the grant taken back, 250 were there, 200 were paid later and 50 are owed. Bob
-- owes 7 that nobody explains.
INSERT INTO ledger_accounts (id, owner, house, asset, balance, held, debt, created_at) VALUES
    ({id 201}, {id 1}, NULL, 'vani_token', 100, 100, 50, 1),
    ({id 202}, {id 2}, NULL, 'vani_token', 0, 0, 7, 1),
    ({id 203}, {id 1}, NULL, 'heist_token', 2, 0, 0, 1),
    ({id 204}, {id 1}, NULL, 'points:2026-11', 40, 0, 0, 1);
INSERT INTO transfers (id, debit_account, credit_account, asset, amount, kind, subject, key, debit_before, debit_after,
    credit_before, credit_after, note, created_at) VALUES
    ({id 211}, {id 299}, {id 201}, 'vani_token', 500, 'grant', {id 221}, 'grant:221', NULL, NULL, 0, 500, 'sorry', 1),
    ({id 212}, {id 201}, {id 298}, 'vani_token', 100, 'pull', {id 222}, 'pull:222', 500, 400, NULL, NULL, NULL, 2),
    ({id 213}, {id 201}, {id 298}, 'vani_token', 50, 'job', {id 223}, 'job:223:settle', 400, 350, NULL, NULL, NULL, 3),
    ({id 214}, {id 201}, {id 297}, 'vani_token', 250, 'clawback', {id 221}, 'takeback:221', 350, 100, NULL, NULL, NULL, 4),
    ({id 215}, {id 299}, {id 201}, 'vani_token', 200, 'grant', {id 224}, 'grant:224', NULL, NULL, 100, 300, NULL, 5),
    ({id 216}, {id 201}, {id 297}, 'vani_token', 200, 'debt_repayment', {id 224}, 'debt:grant:224', 300, 100, NULL, NULL,
        NULL, 5),
    ({id 217}, {id 299}, {id 203}, 'heist_token', 2, 'referral', {id 2}, 'referral:2', NULL, NULL, 0, 2, NULL, 6),
    ({id 218}, {id 299}, {id 204}, 'points:2026-11', 25, 'SIGNUP', {id 1}, 'signup:1', NULL, NULL, 0, 25, NULL, 7),
    ({id 219}, {id 204}, {id 205}, 'points:2026-11', 5, 'heist', {id 225}, 'heist:225', 45, 40, 0, 5, NULL, 8);
INSERT INTO holds (id, account, amount, subject, key, state, posted, released, created_at, settled_at) VALUES
    ({id 231}, {id 201}, 100, {id 232}, 'job:232:hold', 'pending', 0, 0, 3, NULL),
    ({id 233}, {id 201}, 80, {id 223}, 'job:223:hold', 'settled', 50, 30, 2, 3),
    ({id 235}, {id 201}, 80, {id 234}, 'job:234:hold', 'settled', 0, 80, 2, 3);
INSERT INTO pattern_credits (id, user_id, pattern_key, source, source_id, amount, used, created_at)
    VALUES ({id 241}, {id 1}, 'prefix:me', 'pull', {id 222}, 100, 40, 2);
