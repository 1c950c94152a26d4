-- Forgets an item with its content.
-- KEYS: the worker's inflight set, the active list, the data hash, the item's metadata. ARGV: the item's id.
if redis.call("srem", KEYS[1], ARGV[1]) == 0 then
    -- It was taken back meanwhile, because the worker was thought to be gone.
    redis.call("lrem", KEYS[2], 1, ARGV[1])
end
redis.call("hdel", KEYS[3], ARGV[1])
redis.call("del", KEYS[4])
