#!/usr/bin/env bash
# Puts APE's programs on the job's PATH: a release's archive, checked against its checksum and its attestation, or the
# action's own tree, built.
set -euo pipefail

fail() {
    echo "::error title=APE::$1"
    exit 2
}

# A release is named as the action's own is, unless another is asked for.
version=${APE_VERSION:-${APE_REF#v}}
if [ "$version" = source ]; then
    tree=$(cd "$GITHUB_ACTION_PATH/../.." && pwd)
    make -C "$tree" build
    echo "$tree/.build/release" >>"$GITHUB_PATH"
    exit 0
fi
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] ||
    fail "'$version' is no release: name the action by a tag such as @v0.1.0, or give \`version: 0.1.0\` or \`version: source\`"

archive=ape-$version-linux-$(uname -m)
directory=${RUNNER_TEMP:?}/ape-$version
mkdir -p "$directory"
cd "$directory"
if [ ! -x "$archive/bin/ape-test" ]; then
    gh release download "v$version" --repo "$APE_REPOSITORY" --pattern "$archive.tar.gz*" --clobber ||
        fail "$APE_REPOSITORY has no release v$version for this machine ($archive.tar.gz)"
    sha256sum --check --quiet "$archive.tar.gz.sha256" || fail "$archive.tar.gz is not what its checksum says"
    gh attestation verify "$archive.tar.gz" --repo "$APE_REPOSITORY" >/dev/null ||
        fail "$archive.tar.gz was not made by a workflow of $APE_REPOSITORY"
    tar xzf "$archive.tar.gz"
fi
"$archive/bin/ape-test" --version
echo "$directory/$archive/bin" >>"$GITHUB_PATH"
