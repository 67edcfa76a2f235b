#!/usr/bin/env bash
# Runs ape-test to its verdict, which later steps read: this one ends well whatever the verdict is.
set -uo pipefail

say() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

scenario=${APE_SCENARIO:-}
missing=()
for name in ${APE_SECRETS:-}; do
    [ -n "${!name:-}" ] || missing+=("$name")
done
if [ ${#missing[@]} -gt 0 ]; then
    why="${missing[*]} is not there, as in a pull request from a fork"
    case ${APE_WITHOUT_SECRETS:-skip} in
    skip)
        echo "::notice title=APE::No run: $why."
        echo "APE made no run: $why." >>"$GITHUB_STEP_SUMMARY"
        say verdict skipped
        exit 0
        ;;
    demo)
        echo "::notice title=APE::The embedded demo is run in place of $scenario: $why."
        scenario='' APE_ARGUMENTS=--quick
        ;;
    *)
        echo "::error title=APE::without-secrets is '$APE_WITHOUT_SECRETS', and not skip or demo"
        exit 2
        ;;
    esac
fi

directory=${APE_DIRECTORY:-ape}
arguments=()
[ -z "$scenario" ] || arguments+=(--scenario "$scenario")
while IFS= read -r line; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    [ -z "$line" ] || arguments+=("$line")
done <<<"${APE_ARGUMENTS:-}"
mkdir -p "$directory"

code=0
ape-test validate "${arguments[@]}" --results "$directory/runs" --output "$directory/report.json" \
    --html "$directory/report.html" --markdown "$directory/report.md" --junit "$directory/junit.xml" \
    --csv "$directory/csv" || code=$?
case $code in
0) verdict=passed ;;
1) verdict=failed ;;
3) verdict=inconclusive ;;
*) verdict=error ;;
esac
say exit-code "$code"
say verdict "$verdict"
say report "$directory/report.json"
