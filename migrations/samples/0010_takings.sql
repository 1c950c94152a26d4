INSERT INTO takings (id, account, cause, key, subject, gave, cents, asked, covered, taken, repaid, open, forgiven,
    undo_key, created_at, undone_at)
    VALUES ({id 801}, {id 203}, 'dispute', 'dispute:801', {id 802}, 500, 399, 500, 100, 300, 50, 0, 50, 'dispute:801:won',
        5, 6);
