#!/bin/bash
# What a kept-alive request costs in CPU time and memory, against nginx on loopback.
#
#   Benchmarks/run.sh [AGENTS...]     (default: 100 1000 5000)
#
# Prints one line per measurement. Needs nginx and a release build, which it makes.
set -euo pipefail
cd "$(dirname "$0")/.."

agents=("$@")
[ ${#agents[@]} -gt 0 ] || agents=(100 1000 5000)
command -v nginx >/dev/null || { echo "nginx is missing: apt-get install nginx-light" >&2; exit 2; }
swift build -c release --product ape-bench >&2
bench=$(swift build -c release --show-bin-path)/ape-bench

dir=$(mktemp -d)
# nginx serves as another user, who would be refused otherwise.
chmod 755 "$dir"
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT

mkdir "$dir/www"
printf 'ok' > "$dir/www/small"
# A streamed completion: 30 events, 6 KB.
for i in $(seq 30); do
    printf 'data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n' \
        "$(printf 'w%.0s' $(seq 100))$i"
done > "$dir/www/completion"

start_server() {
    port=$((20000 + RANDOM % 20000))
    cat > "$dir/nginx.conf" <<CONF
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
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    open_file_cache max=16;
    server {
        listen 127.0.0.1:$port backlog=8192;
        root $dir/www;
        default_type text/event-stream;
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
    # Some 100,000 requests back to back, then the same agents at one request a second each.
    rounds=$((100000 / count > 5 ? 100000 / count : 5))
    "$bench" "http://127.0.0.1:$port/small" "$count" "$rounds" 0 get
    "$bench" "http://127.0.0.1:$port/completion" "$count" "$rounds" 0 stream
    "$bench" "http://127.0.0.1:$port/small" "$count" 5 1000000 get
done
