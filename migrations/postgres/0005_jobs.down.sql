DROP TABLE slices;
DROP TABLE searcher_rates;
DROP TABLE searchers;
DROP TABLE split_points;
DROP TABLE job_credits;
DROP TABLE jobs;
