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
command -v nginx >/dev/null || { echo "nginx is missing: apt-get install nginx-light" >&2; exit 2; }
swift build -c release --product ape-bench-agent >&2
bench=$(swift build -c release --show-bin-path)/ape-bench-agent

dir=$(mktemp -d)
# nginx serves as another user.
chmod 755 "$dir"
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
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

start_server() {
    port=$((20000 + RANDOM % 20000))
    cat >"$dir/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $dir/nginx.pid;
error_log $dir/error.log;
worker_rlimit_nofile 65536;
events { worker_connections 30000; }
http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_buffer_size 128k;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    open_file_cache max=16;
    server {
        listen 127.0.0.1:$port backlog=8192;
        listen 127.0.0.1:$((port + 1)) backlog=8192;
        root $dir/www;
        location /v1/ { default_type text/event-stream; error_page 405 =200 \$uri; }
        location / { default_type application/json; }
    }
}
CONF
    nginx -p "$dir" -c "$dir/nginx.conf" &
    server=$!
    for _ in $(seq 50); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}
for _ in 1 2 3 4 5; do
    if start_server; then break; fi
    server=
done
[ -n "$server" ] || { cat "$dir/error.log" >&2; exit 1; }

ulimit -n "$(ulimit -Hn)"
for count in "${agents[@]}"; do
    for think in 0 1000000; do
        "$bench" "http://127.0.0.1:$port/v1" "http://127.0.0.1:$((port + 1))" "$count" 8 "$think"
    done
done
