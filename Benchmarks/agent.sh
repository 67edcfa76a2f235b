#!/bin/bash
# What an agent's step costs in CPU time and memory: a decision of 23 events and an action, against nginx on loopback.
#
#   Benchmarks/agent.sh [AGENTS...]     (default: 100 1000 5000)
#
# Prints two lines for each number of agents: back to back, and with a second of thinking before each step. Needs nginx
# and a release build, which it makes.
set -euo pipefail
cd "$(dirname "$0")/.."

agents=("$@")
[ ${#agents[@]} -gt 0 ] || agents=(100 1000 5000)
. Benchmarks/nginx.sh
. Benchmarks/build.sh

dir=$(mktemp -d)
finish() {
    stop_serving
    rm -rf "$dir"
}
trap finish EXIT

event() {
    local choice='"choices":[{"index":0,"delta":{%s},"finish_reason":%s}]'
    local frame='data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795485674,"model":"m",'
    # shellcheck disable=SC2059 # the choice is a format of its own
    printf "$frame$choice}\n\n" "$1" "${2:-null}"
}
fragment() { event "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"$1\"}}]"; }
mkdir -p "$dir/www/v1/chat" "$dir/www/api"
{
    event '"role":"assistant","content":""'
    for word in I ' will' ' see' ' which' ' products' ' there' ' are' .; do event "\"content\":\"$word\""; done
    event '"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"http_get","arguments":""}}]'
    for part in '{\"tar' 'get\":\"s' 'hop\",' '\"path\":' '\"/api/pr' 'oducts\",' '\"query\"' ':{\"categ' 'ory\":' '\"audio\"' '}}'; do
        fragment "$part"
    done
    event '' '"tool_calls"'
    printf 'data: [DONE]\n\n'
} >"$dir/www/v1/chat/completions"
product='{"id":"p-%s","name":"Headphones number %s","price":19.9,"stock":7}'
# shellcheck disable=SC2059 # the product is a format
{ printf '{"products":['; for i in $(seq 11); do printf "$product," "$i" "$i"; done; printf "$product]}" 12 12; } \
    >"$dir/www/api/products"

# shellcheck disable=SC2016 # nginx's own variable
serve "$dir" 'location /v1/ { default_type text/event-stream; error_page 405 =200 $uri; }
        location / { default_type application/json; }'

ulimit -n "$(ulimit -Hn)"
for count in "${agents[@]}"; do
    for think in 0 1000000; do
        "$bench" agent "http://127.0.0.1:$port/v1" "http://127.0.0.1:$((port + 1))" "$count" 8 "$think"
    done
done
