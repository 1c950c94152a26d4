DROP TRIGGER transfers_no_delete;
DROP TRIGGER transfers_no_update;
