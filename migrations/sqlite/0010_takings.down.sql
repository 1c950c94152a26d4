DROP TABLE takings;
ALTER TABLE holds DROP COLUMN settle_key;
ALTER TABLE holds DROP COLUMN kind;
