DROP TABLE free_pulls;
DROP TABLE pulls;
DROP TABLE pull_commitments;
