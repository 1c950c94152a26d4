DROP TABLE slices;
DROP TABLE searchers;
DROP TABLE job_credits;
DROP TABLE jobs;
