-- Why a job failed is kept as a word; the sentence that its owner reads is the program's.
UPDATE jobs SET failure = CASE failure
    WHEN '30 times the expected attempts were made without a hit, so something is wrong here' THEN 'hopeless'
    WHEN 'no searcher was there to work on it for too long' THEN 'no_searcher'
    WHEN 'this pattern can no longer be searched' THEN 'unsearchable'
    ELSE failure
END WHERE failure IS NOT NULL;
