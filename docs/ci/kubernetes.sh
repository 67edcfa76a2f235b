#!/usr/bin/env bash
# Runs an overlay of deploy/kubernetes on a cluster: applies it, follows the run, fetches its reports, and ends with the
# run's exit code.
#
#   docs/ci/kubernetes.sh [--namespace NAME] [--job NAME] [--wait SECONDS] [OVERLAY] [DIRECTORY]
#
#   OVERLAY     what is applied; without it deploy/kubernetes/overlays/ci
#   DIRECTORY   where the reports go; without it ape-results
#   --namespace the namespace that all of it goes to; without it ape. Pipelines at the same time need one each.
#   --job       what the run's Job is called; without it coordinator
#   --wait      how long to wait for another pipeline's run in the namespace; without it 0
#
# Exit codes: 0 passed, 1 failed, 3 inconclusive: the run's own verdict. 2: a wrong flag, here or in the overlay's
# arguments. 4: no verdict, be it for want of workers, for the Job's deadline or for the cluster's troubles; the last line
# says which. A coordinator that is told to end suspends its run (143), and the pod that follows it goes on.
#
# It needs kubectl with a cluster's credentials, and the secrets' files (deploy/kubernetes/secrets).
set -euo pipefail

# How long the cluster's API may be away, and a pod that is lost may take to be replaced, in seconds.
patience=${APE_PATIENCE:-180}
# How long a pod may take to start, in seconds: its image is fetched, its volume mounted.
starting=${APE_STARTING:-300}
# Seconds between two questions.
pause=${APE_PAUSE:-2}
# A lock of this age, in seconds, is nobody's: no Job of these overlays lives as long.
stale=10800

namespace=ape job=coordinator waiting=0
say() { echo "kubernetes.sh: $*" >&2; }
usage() {
    say "$1; see the head of this file"
    exit 2
}
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    --namespace | --job | --wait) [ $# -ge 2 ] || usage "$1 needs a value" ;;&
    --namespace) namespace=$2 && shift 2 ;;
    --job) job=$2 && shift 2 ;;
    --wait) waiting=$2 && shift 2 ;;
    -*) usage "there is no flag $1" ;;
    *) break ;;
    esac
done
[ $# -le 2 ] || usage "there are more than two words"
overlay=${1:-deploy/kubernetes/overlays/ci} results=${2:-ape-results}
label='^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'
[[ $namespace =~ $label ]] || usage "--namespace $namespace is no name of a namespace"
[[ $job =~ $label ]] || usage "--job $job is no name of a Job"
[[ $waiting =~ ^[0-9]{1,6}$ ]] || usage "--wait $waiting is no number of seconds"
[ -d "$overlay" ] || usage "there is no directory $overlay"

scratch=$(mktemp -d)
# What the run came to; while that is not known, whatever ends this ends it with 4.
verdict=4
is_held=
# What reads the log; it would go on after a pipeline that is cancelled.
reader_pid=
finish() {
    trap - EXIT
    trap '' INT TERM HUP
    [ -z "$reader_pid" ] || kill "$reader_pid" 2>/dev/null || true
    if [ -n "$is_held" ]; then
        # Workers cost their requests for as long as they are there; the next run brings them back.
        kube scale statefulset/worker --replicas 0 >/dev/null || say 'the workers could not be scaled to 0'
        kube delete configmap ape-pipeline >/dev/null || say 'the lock (configmap ape-pipeline) could not be released'
    fi
    rm -rf "$scratch"
    exit "$verdict"
}
trap finish EXIT
cancelled() {
    say 'cancelled: the run is ended'
    [ -z "$is_held" ] || kube delete job "$job" --ignore-not-found --wait=false >/dev/null || true
    verdict=4
    exit 4
}
trap cancelled INT TERM HUP

kube() { kubectl --namespace "$namespace" --request-timeout 30s "$@"; }
give_up() {
    say "$*"
    exit 4
}

# What kubectl answers. It is asked again while the API is away, but not where the answer is a plain no.
ask() {
    local until=$((SECONDS + patience))
    until kube "$@" 2>"$scratch/no" >"$scratch/yes"; do
        if grep -qE 'Forbidden|Unauthorized|\((NotFound|Invalid|AlreadyExists)\)' "$scratch/no" ||
            ((SECONDS >= until)); then
            give_up "kubectl $1 $2: $(tail -n 1 "$scratch/no")"
        fi
        sleep "$pause"
    done
    cat "$scratch/yes"
}

# One pipeline at a time has a namespace: its workers and its Job are nobody else's meanwhile.
lock() {
    local until=$((SECONDS + waiting)) api=$((SECONDS + patience)) held version since age
    until kube create configmap ape-pipeline --from-literal="owner=$1" --from-literal="since=$(date +%s)" \
        >/dev/null 2>"$scratch/no"; do
        if ! grep -q AlreadyExists "$scratch/no"; then
            ((SECONDS < api)) || give_up "the namespace $namespace cannot be locked: $(tail -n 1 "$scratch/no")"
            sleep "$pause"
            continue
        fi
        held=$(kube get configmap ape-pipeline --output \
            jsonpath='{.metadata.resourceVersion} {.data.since} {.data.owner}' 2>/dev/null) || continue
        read -r version since held <<<"$held"
        [[ $since =~ ^[0-9]{1,12}$ ]] || since=0
        age=$(($(date +%s) - since))
        if ((age > stale)) && seize "$1" "$version"; then
            say "the lock of $held was $age s old: it is taken over"
            break
        fi
        ((SECONDS < until)) || give_up "another pipeline ($held) has the namespace $namespace: give --wait SECONDS or" \
            "--namespace; where none is left, kubectl --namespace $namespace delete configmap ape-pipeline"
        sleep "$pause"
    done
    is_held=yes
}

# Of two that see the same old lock one gets it: the version must be the one that was seen.
seize() {
    kube replace --filename - >/dev/null 2>&1 <<END
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ape-pipeline", "resourceVersion": "$2"},
 "data": {"owner": "$1", "since": "$(date +%s)"}}
END
}

# The overlay in the namespace, with the Job by its name.
render() {
    mkdir "$scratch/overlay"
    cat >"$scratch/overlay/kustomization.yaml" <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $namespace
resources: ["$(realpath --relative-to "$scratch/overlay" "$overlay")"]
patches:
  - target: {kind: Job, name: coordinator}
    options: {allowNameChange: true}
    patch: '[{"op": "replace", "path": "/metadata/name", "value": "$job"}]'
END
    kubectl kustomize --load-restrictor LoadRestrictionsNone "$scratch/overlay" >"$scratch/manifests.yaml" ||
        give_up "$overlay cannot be rendered"
}

# The Job's pods, the oldest first: one that was evicted is followed by another.
pods() { ask get pods --selector "job-name=$job" --sort-by .metadata.creationTimestamp --output name; }

# Prints what is new in a pod's log; ends with the log, or where its stream is cut.
read_log() {
    local from=() line
    [ -z "$last" ] || from=(--since-time "$last")
    exec 3< <(exec kubectl --namespace "$namespace" logs --follow --timestamps --container coordinator "${from[@]}" "$1" \
        2>/dev/null)
    reader_pid=$!
    while IFS= read -r line; do
        # Asked from a moment on, the log begins with the lines of that second, which were read before.
        [[ ${line%% *} > $last ]] || continue
        last=${line%% *}
        printf '%s\n' "${line#* }"
    done <&3
    exec 3<&-
    reader_pid=
}

# The rest of an ended pod's log: all of it is read once nothing new comes.
read_rest() {
    local before
    while before=$last; do
        read_log "$1"
        [ "$last" != "$before" ] || return 0
    done
}

coordinator='.status.containerStatuses[?(@.name=="coordinator")].state.terminated'
state="{.status.phase}|{.status.reason}|{$coordinator.exitCode}|{$coordinator.reason}|"
state+='{.status.conditions[?(@.type=="DisruptionTarget")].status}'

# Whether a pod's coordinator ended its run: with one of APE's codes, and not for being told to, by whomever.
is_final() {
    case $1 in
    '' | 143) return 1 ;;
    [0-4]) return 0 ;;
    *) [ "$2" != True ] ;;
    esac
}

# Follows the run to its exit code, from pod to pod, or to the end of the Job.
follow() {
    local pod='' lost='' next came=$SECONDS phase reason code why disrupted last='' failure=
    while :; do
        next=$(pods | tail -n 1)
        if [ -n "$next" ] && [ "$next" != "$pod" ] && [ "$next" != "$lost" ]; then
            pod=$next came=$SECONDS last=
        fi
        if [ -z "$pod" ]; then
            await "$lost" "$came"
            [ -z "$failure" ] || return 0
            continue
        fi
        # A pod may be gone between two questions.
        IFS='|' read -r phase reason code why disrupted < <(kube get "$pod" --output jsonpath="$state" 2>/dev/null && echo) ||
            phase=
        if [ -n "$phase" ] && is_final "$code" "$disrupted"; then
            read_rest "$pod"
            verdict_of "$code" "$why"
            return
        elif [ "$phase" = Pending ]; then
            ((SECONDS - came < starting)) || {
                kube describe "$pod" >&2 || true
                give_up "$pod has not started in $starting s"
            }
        elif [ "$phase" = Running ] && [ "$disrupted" != True ]; then
            read_log "$pod"
        elif [ "$disrupted" = True ] || [ "$phase" = Failed ] || ! pods | grep -qFx "$pod"; then
            # Neither there nor ended by itself: evicted, told to end, or its node is gone.
            say "$pod is lost (${reason:-${why:-gone}}): waiting for the one that follows it"
            [ -z "$code" ] || read_rest "$pod"
            lost=$pod pod='' came=$SECONDS
        fi
        sleep "$pause"
    done
}

# Waits for a pod, the first or the one that follows a lost one; or finds that the Job has failed, past its deadline. What
# its coordinator wrote before it ended is fetched then.
await() {
    local limit=$starting
    failure=$(ask get job "$job" --output jsonpath='{.status.conditions[?(@.type=="Failed")].reason}')
    if [ -n "$failure" ]; then
        say "the Job has failed without a verdict: $failure"
        return
    fi
    [ -z "$1" ] || limit=$patience
    ((SECONDS - $2 < limit)) || give_up "${1:+$1 is lost, and }no pod of the Job has come"
    sleep "$pause"
}

# An exit code as a verdict; whatever is none of APE's is the cluster's doing.
verdict_of() {
    case $1 in
    [0-4]) verdict=$1 ;;
    *) say "the coordinator ended with $1 (${2:-unknown}), and without a verdict" ;;
    esac
}

# The reports, by a pod that mounts the volume. A verdict stands without them.
fetch() {
    local uid=
    if uid=$(kube get job "$job" --output jsonpath='{.metadata.uid}') && copy "$uid"; then
        kube delete pod ape-reports --wait=false >/dev/null || true
    else
        say "the reports could not be fetched; they stay on the volume (claim results, folder ${uid:-unknown})"
    fi
}

copy() {
    local image
    image=$(kube get job "$job" --output jsonpath='{.spec.template.spec.containers[0].image}') &&
        reader "$image" >"$scratch/reader.json" &&
        kube apply --filename "$scratch/reader.json" >/dev/null &&
        kube wait pod/ape-reports --for condition=Ready --timeout "${starting}s" --request-timeout 0 >/dev/null &&
        kube exec --request-timeout 0 ape-reports -- bash -c "$print_files" "$1" >"$scratch/reports" &&
        unpack <"$scratch/reports"
}

# The image has a shell and nothing beside it. Reports are lines of text: each file's name and number of lines, and then
# these. The database stays where it is.
# shellcheck disable=SC2016 # it is the pod's shell that expands this
print_files='set -e; shopt -s globstar nullglob; cd "/results/$0"
for file in **/*; do
    [[ -f $file && $file != runs/* ]] || continue
    mapfile -t lines <"$file"
    printf "%s\t%s\n" "${#lines[@]}" "$file"
    [ ${#lines[@]} = 0 ] || printf "%s\n" "${lines[@]}"
done'

unpack() {
    local count file lines
    mkdir -p "$results"
    while IFS=$'\t' read -r count file; do
        [[ $count =~ ^[0-9]+$ && /$file/ != */../* ]] || return 1
        mkdir -p "$results/$(dirname "$file")"
        lines=()
        [ "$count" = 0 ] || mapfile -t -n "$count" lines
        [ "${#lines[@]}" = "$count" ] || return 1
        printf '%s\n' "${lines[@]}" >"$results/$file"
    done
}

reader() {
    cat <<END
{"apiVersion": "v1", "kind": "Pod",
 "metadata": {"name": "ape-reports", "labels": {"app.kubernetes.io/part-of": "ape"}},
 "spec": {
  "restartPolicy": "Never", "automountServiceAccountToken": false, "activeDeadlineSeconds": 900,
  "terminationGracePeriodSeconds": 1,
  "securityContext": {"runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
   "seccompProfile": {"type": "RuntimeDefault"}},
  "containers": [{"name": "reports", "image": "$1", "command": ["bash", "-c", "coproc read; read -r -t 900 -u \"\${COPROC[0]}\""],
   "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
   "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
    "capabilities": {"drop": ["ALL"]}},
   "volumeMounts": [{"name": "results", "mountPath": "/results", "readOnly": true}]}],
  "volumes": [{"name": "results", "persistentVolumeClaim": {"claimName": "results"}}]}}
END
}

render
kubectl create namespace "$namespace" >/dev/null 2>&1 || true
lock "${CI_JOB_URL:-${GITHUB_RUN_ID:-${BUILD_URL:-$(hostname)-$$}}}"
# The last run of this name is over: a Job is not changed, it is made anew.
ask delete job "$job" --ignore-not-found --cascade foreground --timeout 2m >/dev/null
ask delete pod ape-reports --ignore-not-found --timeout 2m >/dev/null
ask apply --filename "$scratch/manifests.yaml"
follow
fetch
