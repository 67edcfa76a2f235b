# shellcheck shell=bash
# Builds the benchmarks for release; to be sourced. `$bench` is the program.
#
# They are targets of the package only where APE_BENCH is set, so that no other build has to wait for them.
export APE_BENCH=1
swift build -c release --product ape-bench >&2
# shellcheck disable=SC2034 # for the script that sources this one
bench=$(swift build -c release --show-bin-path)/ape-bench
