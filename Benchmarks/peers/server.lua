-- What nginx answers to the peers. Each answer leaves the moments at which its request was read, its first byte was
-- sent and its last, in microseconds since 1970, for the log that server.py reads; one that could not be sent, none.
local ffi = require "ffi"
local completion = require "completion"
ffi.cdef "struct peers_time { long seconds, nanoseconds; }; int clock_gettime(int, struct peers_time *);"

local server = {}
local clock = ffi.new "struct peers_time"

local function now()
    ffi.C.clock_gettime(0, clock)
    return tonumber(clock.seconds) * 1e6 + math.floor(tonumber(clock.nanoseconds) / 1e3)
end

local function log(started, first)
    ngx.var.started_us = string.format("%.0f", started)
    ngx.var.first_us = string.format("%.0f", first)
    ngx.var.done_us = string.format("%.0f", now())
end

-- Seconds of the given mean: a fifth of it at least, the rest an exponential draw, so that percentiles differ.
local function draw(mean)
    return mean * (0.2 - 0.8 * math.log(1 - math.random()))
end

-- A small answer, after a draw of the mean where there is one.
function server.small(mean)
    local started = now()
    if mean > 0 then ngx.sleep(draw(mean)) end
    ngx.header.content_type = "application/json"
    ngx.header.content_length = 15
    local first = now()
    ngx.print '{"status":"ok"}'
    if ngx.flush() then log(started, first) end
end

-- A completion: its first token after a draw of the mean `ttft`, one more each `gap` seconds.
function server.complete(ttft, gap)
    local started = now()
    ngx.req.read_body()
    local sends = completion.sends(ngx.req.get_body_data() or "")
    ngx.header.content_type = "text/event-stream"
    ngx.sleep(draw(ttft))
    local first = now()
    for number, text in ipairs(sends) do
        if number > 1 then ngx.sleep(gap) end
        ngx.print(text)
        if not ngx.flush() then return end
    end
    log(started, first)
end

return server
