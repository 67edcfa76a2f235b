-- The streamed completions that the server answers with: what is sent at once, one text for each send.
local completion = { tokens = 32 }

local function event(delta, finish)
    return 'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795485674,"model":"m",'
        .. '"choices":[{"index":0,"delta":{' .. delta .. '},"finish_reason":' .. finish .. "}]}\n\n"
end

-- The last words of a stream: why it ended, what it cost, and that nothing follows.
local function ending(reason)
    local usage = '{"prompt_tokens":128,"completion_tokens":32,"total_tokens":160}'
    return event("", '"' .. reason .. '"')
        .. 'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795485674,"model":"m","choices":[],'
        .. '"usage":' .. usage .. "}\n\ndata: [DONE]\n\n"
end

local function stream(deltas, reason)
    local sends = {}
    for number, delta in ipairs(deltas) do sends[number] = event(delta, "null") end
    sends[1] = event('"role":"assistant","content":""', "null") .. sends[1]
    sends[#sends] = sends[#sends] .. ending(reason)
    return sends
end

local function words(count)
    local deltas = {}
    for number = 1, count do deltas[number] = '"content":" word' .. number .. '"' end
    return deltas
end

-- Some words, and a call of a tool in fragments: as many events as an answer of words alone.
local function call(tool, arguments)
    local deltas = words(8)
    deltas[9] = '"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"' .. tool
        .. '","arguments":""}}]'
    local fragments = completion.tokens - #deltas
    for number = 1, fragments do
        local first = math.floor(#arguments * (number - 1) / fragments) + 1
        local part = arguments:sub(first, math.floor(#arguments * number / fragments))
        deltas[#deltas + 1] = '"tool_calls":[{"index":0,"function":{"arguments":"' .. part:gsub('"', '\\"') .. '"}}]'
    end
    return stream(deltas, "tool_calls")
end

local text = stream(words(completion.tokens), "stop")
local keep = call("state_update", '{"values":{"note":"what was seen so far and is worth keeping for later steps"}}')
local get = call("http_get", '{"target":"server","path":"/small","query":{"page":"the first one of all there are"}}')
-- Decisions of a session: the last one sends its only request.
local session = 8

-- The answer to a request: words, or to an agent, whom tools are offered, the next call of its session.
function completion.sends(request)
    if not request:find('"tools":', 1, true) then return text end
    local _, steps = request:gsub('"role":"tool"', "")
    return steps % session == session - 1 and get or keep
end

return completion
