-- Removes ids without content from a queue: fetching one ends apalis' worker.
-- KEYS: active list, scheduled set, data hash, workers set. ARGV: prefix of the workers' inflight sets.
local removed = 0
for _, id in ipairs(redis.call("lrange", KEYS[1], 0, -1)) do
    if redis.call("hexists", KEYS[3], id) == 0 then
        removed = removed + redis.call("lrem", KEYS[1], 0, id)
    end
end
for _, id in ipairs(redis.call("zrange", KEYS[2], 0, -1)) do
    if redis.call("hexists", KEYS[3], id) == 0 then
        removed = removed + redis.call("zrem", KEYS[2], id)
    end
end
for _, worker in ipairs(redis.call("zrange", KEYS[4], 0, -1)) do
    local inflight = ARGV[1] .. ":" .. worker
    for _, id in ipairs(redis.call("smembers", inflight)) do
        if redis.call("hexists", KEYS[3], id) == 0 then
            removed = removed + redis.call("srem", inflight, id)
        end
    end
end
return removed
