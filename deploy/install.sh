#!/usr/bin/env bash
# Puts APE's programs and units on this host, or under a directory that becomes another host's root, and removes them.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: install.sh [--binaries DIR] [--prefix DIR] [--root DIR] [--sysctl]
       install.sh --uninstall [--purge] [--prefix DIR] [--root DIR]

  --binaries DIR   take the programs from there; unless given, .build/release of this tree, built first where it is not
  --prefix DIR     where programs go (/usr/local unless given), and units where systemd looks under it; for another
                   prefix than /usr and /usr/local units go to /etc/systemd/system
  --root DIR       install below DIR, as for an image or a package: no user is made, no service is touched
  --sysctl         also /etc/sysctl.d/60-ape.conf, for workers of 10,000 agents and more, and apply it
  --uninstall      stop the services and remove programs, units and sysctl file; /etc/ape and /var/lib/ape stay
  --purge          with --uninstall: remove those and the user ape as well

Running it again replaces programs and units, and leaves what is in /etc/ape as it is. Services that run go on with the
old program until they are restarted (systemctl restart ape-worker).

examples:
  sudo deploy/install.sh
  sudo deploy/install.sh --binaries ape-1.0.0-linux-x86_64/bin --sysctl
  deploy/install.sh --prefix /usr --root "$PWD/debian/ape"
TEXT
}

fail() {
    echo "install: $1" >&2
    exit 2
}

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
prefix=/usr/local
root=
binaries=
sysctl=false
uninstall=false
purge=false
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --binaries | --prefix | --root)
        [ -n "${2:-}" ] || fail "$1 needs a directory"
        case $1 in
        --binaries) binaries=$2 ;;
        --prefix) prefix=$2 ;;
        --root) root=$2 ;;
        esac
        shift
        ;;
    --sysctl) sysctl=true ;;
    --uninstall) uninstall=true ;;
    --purge) purge=true ;;
    *) usage >&2 && fail "unknown argument '$1'" ;;
    esac
    shift
done
[[ $prefix =~ ^/[A-Za-z0-9._/+-]*$ ]] || fail "--prefix $prefix is not an absolute path of plain characters"
if $purge && ! $uninstall; then fail '--purge goes with --uninstall'; fi
if $uninstall && { $sysctl || [ -n "$binaries" ]; }; then fail '--uninstall takes neither --sysctl nor --binaries'; fi
prefix=${prefix%/}
case $prefix in
/usr | /usr/local) units=$root$prefix/lib/systemd/system ;;
*) units=$root/etc/systemd/system ;;
esac
bin=$root$prefix/bin
etc=$root/etc/ape
programs=(ape-test ape-worker)
# The coordinator is another name of the file that is ape-test as well.
coordinator=ape-coordinator
installed_units=(ape-worker.service ape-worker@.service ape-coordinator@.service)

# Whether this host itself is meant, and has systemd running.
manages_host() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

if [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then fail 'run it as root (sudo), or give a directory with --root'; fi

remove() {
    local name
    if manages_host; then
        systemctl stop ape-worker.service 'ape-worker@*.service' 'ape-coordinator@*.service' || true
        # A template's name stands for all that were enabled from it.
        systemctl disable --quiet ape-worker.service ape-worker@.service || true
    fi
    for name in "${programs[@]}" "$coordinator"; do rm -f "$bin/$name"; done
    for name in "${installed_units[@]}"; do
        rm -f "$units/$name" "$units/$name.d/10-backoff.conf"
        rmdir "$units/$name.d" 2>/dev/null || true
    done
    rm -f "$root/etc/sysctl.d/60-ape.conf"
    if manages_host; then
        systemctl daemon-reload
        # A run that failed is remembered by its unit's name, longer than there is a unit.
        systemctl reset-failed 'ape-worker*' 'ape-coordinator@*' 2>/dev/null || true
    fi
    if $purge; then
        rm -rf "$etc" "$root/var/lib/ape" "$root/var/lib/private/ape"
        if [ -z "$root" ] && getent passwd ape >/dev/null; then userdel ape; fi
    elif [ -d "$etc" ]; then
        echo "install: $etc and $root/var/lib/ape are left; --purge removes them too"
    fi
}

# The directory that holds the programs, each of which can say what it is.
find_binaries() {
    local name
    if [ -z "$binaries" ]; then
        binaries=$tree/.build/release
        if [ ! -x "$binaries/ape-test" ]; then make -C "$tree" build; fi
    fi
    for name in "${programs[@]}"; do
        [ -x "$binaries/$name" ] || fail "$binaries holds no program $name"
        "$binaries/$name" --help >/dev/null ||
            fail "$binaries/$name does not run on this host; it needs libcurl4, libssl3, libsqlite3-0 and libyaml-0-2 (Debian's names)"
    done
}

# put_unit SOURCE NAME: a unit with this prefix's programs.
put_unit() {
    sed "s|/usr/local/bin/|$prefix/bin/|" "$tree/deploy/systemd/$1" >"$units/$2.new"
    chmod 0644 "$units/$2.new"
    mv "$units/$2.new" "$units/$2"
}

put_units() {
    local name version
    install -d "$units"
    put_unit ape-worker.service ape-worker.service
    put_unit ape-worker.service ape-worker@.service
    put_unit ape-coordinator@.service ape-coordinator@.service
    # Where another host's systemd is meant, nobody knows its age: unknown keys would be warned of there.
    version=$(systemctl --version 2>/dev/null | awk 'NR == 1 { print int($2) }')
    if [ -z "$root" ] && [ "${version:-0}" -ge 254 ]; then
        for name in ape-worker.service ape-worker@.service; do
            install -D -m 0644 "$tree/deploy/systemd/backoff.conf" "$units/$name.d/10-backoff.conf"
        done
    fi
    if manages_host; then systemctl daemon-reload; fi
}

# put_example NAME: its example, where there is none yet.
put_example() {
    [ -e "$etc/$1" ] || install -m 0600 "$tree/deploy/systemd/$1.example" "$etc/$1"
}

put_configuration() {
    if [ -z "$root" ] && ! getent passwd ape >/dev/null; then
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ape
    fi
    install -d -m 0755 "$etc" "$etc/scenarios" "$etc/tls"
    put_example worker.env
    put_example coordinator.env
    $sysctl || return 0
    install -D -m 0644 "$tree/deploy/sysctl/60-ape.conf" "$root/etc/sysctl.d/60-ape.conf"
    if [ -z "$root" ]; then sysctl --quiet --load /etc/sysctl.d/60-ape.conf; fi
}

if $uninstall; then
    remove
    exit 0
fi
find_binaries
install -d "$bin"
for name in "${programs[@]}"; do
    # A running program keeps its file: the new one takes the name.
    install -m 0755 "$binaries/$name" "$bin/$name.new"
    mv "$bin/$name.new" "$bin/$name"
done
ln -sfn ape-test "$bin/$coordinator.new"
mv -T "$bin/$coordinator.new" "$bin/$coordinator"
put_units
put_configuration
[ -z "$root" ] || exit 0
cat <<TEXT
install: $("$bin/ape-test" --version 2>/dev/null || echo APE) is in $bin. What is left to do, once:
  install -m 0600 token /etc/ape/token                                    the fleet's token: the same on every host
  install -m 0644 -t /etc/ape/tls ca.pem worker.pem                       (deploy/tls/make-certs.sh makes them)
  install -m 0640 -g ape -t /etc/ape/tls worker.key
  \$EDITOR /etc/ape/worker.env                                             the coordinator, and what may be loaded
  systemctl enable --now ape-worker
TEXT
