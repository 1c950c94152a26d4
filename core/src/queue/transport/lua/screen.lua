-- Sets aside what lies at the head of a queue and cannot be read, so that what is fetched next can.
-- KEYS: active list, data hash, set aside. ARGV: prefix of metadata, most bytes of an item.
local count = 0
local id = redis.call("lindex", KEYS[1], 0)
while id do
    local meta = ARGV[1] .. ":" .. id
    if redis.call("hexists", KEYS[2], id) == 0 then
        redis.call("lpop", KEYS[1])
    else
        local why = fault(id, KEYS[2], meta, tonumber(ARGV[2]))
        if not why then
            break
        end
        redis.call("lrem", KEYS[1], 0, id)
        set_aside(id, KEYS[2], meta, KEYS[3], why)
        count = count + 1
    end
    id = redis.call("lindex", KEYS[1], 0)
end
return count
