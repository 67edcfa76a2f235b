#!/bin/bash
# What a kept-alive GET costs in CPU time in APE and in Locust (FastHttpUser), one after the other against the same
# nginx on loopback.
#
#   Benchmarks/peers.sh [USERS...]     (default: 100 1000)
#
# Prints a line for each number of users: microseconds of CPU a request, and the ratio. Needs nginx and python3-venv;
# Locust comes from PyPI into ~/.cache/ape-bench.
set -euo pipefail
cd "$(dirname "$0")/.."

users=("$@")
[ ${#users[@]} -gt 0 ] || users=(100 1000)
seconds=20
. Benchmarks/nginx.sh
. Benchmarks/build.sh
venv=${XDG_CACHE_HOME:-$HOME/.cache}/ape-bench/locust
if [ ! -x "$venv/bin/locust" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'locust==2.*'
fi

dir=$(mktemp -d)
finish() {
    stop_serving
    rm -rf "$dir"
}
trap finish EXIT
mkdir "$dir/www"
printf 'ok' >"$dir/www/small"
serve "$dir"

cat >"$dir/locustfile.py" <<'PY'
from locust import FastHttpUser, constant, task


class Reader(FastHttpUser):
    wait_time = constant(0)

    @task
    def read(self):
        self.client.get("/small")
PY

# CPU time of a command and its children, and the requests that Locust counted.
locust() {
    local TIMEFORMAT='%U %S' times
    times=$({ time "$venv/bin/locust" -f "$dir/locustfile.py" --headless --only-summary -u "$1" -r "$1" -t "${seconds}s" \
        --host "http://127.0.0.1:$port" --csv "$dir/locust" >/dev/null 2>"$dir/locust.log"; } 2>&1 | tail -n 1)
    awk -F, -v times="$times" '$2 == "Aggregated" {
        split(times, part, " "); printf "%.1f\n", (part[1] + part[2]) * 1e6 / $3
    }' "$dir/locust_stats.csv"
}

ulimit -n "$(ulimit -Hn)"
for count in "${users[@]}"; do
    theirs=$(locust "$count")
    ours=$("$bench" transfer "http://127.0.0.1:$port/small" "$count" $((200000 / count)) 0 get |
        sed -n 's/.*cpu_us_per_request=\([0-9.]*\).*/\1/p')
    awk -v users="$count" -v ours="$ours" -v theirs="$theirs" 'BEGIN {
        printf "users=%d ape_cpu_us=%s locust_cpu_us=%s ratio=%.1f\n", users, ours, theirs, theirs / ours
    }'
done
