UPDATE jobs SET failure = CASE failure
    WHEN 'hopeless' THEN '30 times the expected attempts were made without a hit, so something is wrong here'
    WHEN 'no_searcher' THEN 'no searcher was there to work on it for too long'
    WHEN 'unsearchable' THEN 'this pattern can no longer be searched'
    ELSE failure
END WHERE failure IS NOT NULL;
