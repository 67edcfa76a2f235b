#!/usr/bin/env bash
# Fuzzes every reader of strangers' bytes with libFuzzer, one after the other: lines of the protocol, streamed answers,
# scenario files, and what Tests/Fuzz/FuzzTarget.swift lists besides.
#
#   Tests/Fuzz/run.sh [SECONDS] [TARGET]...     60 seconds of each target unless told otherwise
#
# What it finds worth keeping goes to .build/fuzz/corpus beside the corpus of the tree; an input that breaks anything
# goes to .build/fuzz and ends the script. `MERGE=1` then takes what is new into the tree's corpus, as little of it as
# covers the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:-60}
shift || true
if [ $# -eq 0 ]; then set -- codec stream scenario run worker answer openapi store metrics; fi
scratch=.build/fuzz

# Swift's own account of a crash would keep libFuzzer from writing down the input.
export APE_FUZZ=1 SWIFT_BACKTRACE=enable=no
swift build -c release --sanitize fuzzer -Xswiftc -enable-testing --scratch-path "$scratch" --product ape-fuzz
program=$scratch/release/ape-fuzz

for target in "$@"; do
    kept=Tests/Fuzz/Corpus/$target
    found=$scratch/corpus/$target
    mkdir -p "$found"
    export APE_FUZZ_TARGET=$target
    printf '\n==> %s, %s s\n' "$target" "$seconds"
    case $target in
    run | worker) words=codec ;;
    openapi) words=scenario ;;
    answer) words=stream ;;
    *) words=$target ;;
    esac
    options=()
    if [ -f "Tests/Fuzz/$words.dict" ]; then options+=("-dict=Tests/Fuzz/$words.dict"); fi
    "$program" "$found" "$kept" "${options[@]}" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$scratch/$target-" 2>&1 |
        grep -vE '^#[0-9]+.(NEW|REDUCE|RELOAD)|^SUMMARY: 0'
    if [ -n "${MERGE:-}" ]; then
        least=$scratch/least/$target
        rm -rf "$least"
        mkdir -p "$least"
        "$program" -set_cover_merge=1 -use_counters=0 -max_len=4096 "$least" "$kept" "$found" 2>/dev/null
        find "$kept" -type f -delete
        cp "$least"/* "$kept"
    fi
done
