#!/usr/bin/env bash
# Runs deploy/kubernetes/overlays/ci on a cluster: applies it, follows the run, fetches its reports, and ends with the
# run's exit code (0 passed, 1 failed, 2 usage, 3 inconclusive, 4 no fleet).
#
#   docs/ci/kubernetes.sh [OVERLAY] [DIRECTORY]     without words: deploy/kubernetes/overlays/ci, ape-results
#
# It needs kubectl with a cluster's credentials, and the secrets' files (deploy/kubernetes/secrets).
set -euo pipefail

overlay=${1:-deploy/kubernetes/overlays/ci}
results=${2:-ape-results}
kubectl=(kubectl --namespace ape)
# Workers cost their requests for as long as they are there; the next run brings them back.
trap '"${kubectl[@]}" scale statefulset/worker --replicas 0' EXIT

# A run before this one is over: a Job is not changed, it is made anew.
"${kubectl[@]}" delete job coordinator --ignore-not-found --cascade foreground
kubectl apply --kustomize "$overlay"
until pod=$("${kubectl[@]}" get pods --selector job-name=coordinator --output name) && [ -n "$pod" ]; do sleep 1; done
"${kubectl[@]}" wait "$pod" --for jsonpath='{.status.phase}'=Running --timeout 5m || {
    "${kubectl[@]}" describe "$pod" >&2
    exit 4
}
"${kubectl[@]}" logs --follow --container coordinator "$pod"

state='{.status.containerStatuses[?(@.name=="coordinator")].state.terminated.exitCode}'
code=
until [ -n "$code" ]; do
    code=$("${kubectl[@]}" get "$pod" --output jsonpath="$state")
    [ -n "$code" ] || sleep 1
done
mkdir -p "$results"
"${kubectl[@]}" exec --container reports "$pod" -- tar cf - -C /results . | tar xf - -C "$results"
"${kubectl[@]}" exec --container reports "$pod" -- touch /results/fetched
exit "$code"
