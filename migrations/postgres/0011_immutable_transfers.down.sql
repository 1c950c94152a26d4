DROP TRIGGER transfers_no_truncate ON transfers;
DROP TRIGGER transfers_no_change ON transfers;
DROP FUNCTION transfers_are_immutable();
