#!/usr/bin/env bash
# Tells a pull request of the verdict, in one comment that each run renews. A token that may not write, as a fork's, costs
# the comment and nothing else.
set -euo pipefail

report=$APE_DIRECTORY/report.md
if [ ! -s "$report" ]; then
    echo '::notice title=APE::No comment: the run left no report.'
    exit 0
fi
# It is not seen, and tells the comment from others'.
mark="<!-- ape: ${APE_NAME:-ape} -->"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
    echo "$mark"
    # GitHub takes 65,536 characters, and refuses a longer comment whole.
    head -c 60000 "$report" | iconv -c -f utf-8 -t utf-8 || true
    [ "$(wc -c <"$report")" -le 60000 ] || printf '\n\n_The rest is in the job'"'"'s summary._\n'
} >"$body"

comments=repos/$GITHUB_REPOSITORY/issues/$APE_PULL_REQUEST/comments
if old=$(MARK=$mark gh api --paginate "$comments" --jq '.[] | select(.body | startswith(env.MARK)) | .id' | head -n 1) &&
    if [ -n "$old" ]; then
        gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" --field "body=@$body" >/dev/null
    else
        gh api --method POST "$comments" --field "body=@$body" >/dev/null
    fi; then
    exit 0
fi
echo '::notice title=APE::No comment: the token may not write to pull requests (permissions: pull-requests: write).'
