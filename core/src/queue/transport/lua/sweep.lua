-- Removes from a queue what would end apalis' worker: keys that are no lists or sets, ids without content, and items that it
-- cannot read, which are set aside.
-- KEYS: active list, scheduled set, data hash, workers set, set aside. ARGV: prefix of the workers' inflight sets, prefix of
-- metadata, most bytes of an item.
-- Answers how many were removed, and how many set aside.
local removed, aside = 0, 0
for index, kind in ipairs({ "list", "zset", "hash", "zset", "list" }) do
    local is = redis.call("type", KEYS[index])["ok"]
    if is ~= kind and is ~= "none" then
        redis.call("unlink", KEYS[index])
        removed = removed + 1
    end
end
local function stays(id)
    if redis.call("hexists", KEYS[3], id) == 0 then
        removed = removed + 1
        return false
    end
    local meta = ARGV[2] .. ":" .. id
    local why = fault(id, KEYS[3], meta, tonumber(ARGV[3]))
    if why then
        set_aside(id, KEYS[3], meta, KEYS[5], why)
        aside = aside + 1
    end
    return not why
end
for _, id in ipairs(redis.call("lrange", KEYS[1], 0, -1)) do
    if not stays(id) then
        redis.call("lrem", KEYS[1], 0, id)
    end
end
for _, id in ipairs(redis.call("zrange", KEYS[2], 0, -1)) do
    if not stays(id) then
        redis.call("zrem", KEYS[2], id)
    end
end
for _, worker in ipairs(redis.call("zrange", KEYS[4], 0, -1)) do
    local inflight = ARGV[1] .. ":" .. worker
    local is = redis.call("type", inflight)["ok"]
    if is ~= "set" and is ~= "none" then
        redis.call("unlink", inflight)
        removed = removed + 1
    else
        for _, id in ipairs(redis.call("smembers", inflight)) do
            if not stays(id) then
                redis.call("srem", inflight, id)
            end
        end
    end
end
return { removed, aside }
