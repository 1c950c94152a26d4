-- Why apalis could not read an item, or nothing. It is asked before apalis reads it: one that it cannot read ends its worker,
-- and one that is too large fills the worker's memory.
local statuses = { Pending = true, Queued = true, Running = true, Done = true, Failed = true, Killed = true }

local function fault(id, data, meta, most)
    if not string.find(id, "^%w+$") or #id ~= 26 then
        return "its id is none"
    end
    local size = redis.call("hstrlen", data, id)
    if size > most then
        return "it has " .. size .. " bytes, and at most " .. most .. " are read"
    end
    if redis.call("type", meta)["ok"] ~= "hash" then
        return "it has no metadata"
    end
    local fields = redis.call("hkeys", meta)
    if #fields > 32 then
        return "it has too much metadata"
    end
    for _, field in ipairs(fields) do
        if string.find(field, "[\128-\255]") or redis.call("hstrlen", meta, field) > 1024 then
            return "its metadata cannot be read"
        end
        if string.find(redis.call("hget", meta, field), "[\128-\255]") then
            return "its metadata cannot be read"
        end
    end
    for _, name in ipairs({ "attempts", "max_attempts" }) do
        local number = redis.call("hget", meta, name)
        if not number or not string.find(number, "^%d+$") or tonumber(number) > 4294967295 then
            return "its metadata has no " .. name
        end
    end
    if not statuses[redis.call("hget", meta, "status") or ""] then
        return "its metadata has no status"
    end
end

-- Keeps what can be said of an item, the newest thousand of a queue, and deletes the item.
local function set_aside(id, data, meta, aside, why)
    local start = ""
    if redis.call("hstrlen", data, id) <= 1024 then
        start = string.sub(redis.call("hget", data, id) or "", 1, 200)
    end
    redis.call("rpush", aside, string.sub(id, 1, 64) .. ": " .. why .. ": " .. start)
    redis.call("ltrim", aside, -1000, -1)
    redis.call("hdel", data, id)
    redis.call("unlink", meta)
end

