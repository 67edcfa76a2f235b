#!/bin/bash
# What a kept-alive request costs in CPU time and memory, against nginx on loopback: HTTP/1.1, and with TLS HTTP/1.1 and
# HTTP/2.
#
#   Benchmarks/run.sh [AGENTS...]     (default: 100 1000 5000)
#
# Prints one line per measurement. Needs nginx and a release build, which it makes.
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

mkdir "$dir/www"
printf 'ok' > "$dir/www/small"
# A streamed completion: 30 events, 6 KB.
for i in $(seq 30); do
    printf 'data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n' \
        "$(printf 'w%.0s' $(seq 100))$i"
done > "$dir/www/completion"

serve "$dir" "default_type text/event-stream;"

ulimit -n "$(ulimit -Hn)"
for count in "${agents[@]}"; do
    # Some 100,000 requests back to back, then the same agents at one request a second each.
    rounds=$((100000 / count > 5 ? 100000 / count : 5))
    "$bench" transfer "http://127.0.0.1:$port/small" "$count" "$rounds" 0 get
    "$bench" transfer "http://127.0.0.1:$port/completion" "$count" "$rounds" 0 stream
    "$bench" transfer "http://127.0.0.1:$port/small" "$count" 5 1000000 get
    for version in http1 http2; do
        for kind in small:get completion:stream; do
            "$bench" transfer "https://127.0.0.1:$((port + 2))/${kind%:*}" "$count" "$rounds" 0 "${kind#*:}" \
                "$version" "$dir/ca.pem"
        done
    done
done
