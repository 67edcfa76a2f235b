#!/usr/bin/env bash
# Makes what a fleet's TLS needs, with the openssl command: an authority, a certificate for the coordinator, one for
# each worker.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: make-certs.sh [--directory DIR] [--days N] [--coordinator NAME[,NAME...]] [--worker NAME]...

  --directory DIR        where the files are kept (tls unless given)
  --days N               how long new certificates hold (90 unless given; a new authority ten times as long)
  --coordinator NAMES    make coordinator.pem and coordinator.key, for these host names and addresses: every one that
                         workers connect to
  --worker NAME          make NAME.pem and NAME.key; may be repeated

The authority, ca.pem and ca.key, is made where there is none and kept where there is one. A certificate that is there
is replaced: send SIGHUP to the program that uses it. ca.key can make certificates that the whole fleet trusts: it
belongs on none of its hosts.

  coordinator   --tls-cert coordinator.pem --tls-key coordinator.key --tls-client-ca ca.pem
  worker        --tls-ca ca.pem --tls-cert NAME.pem --tls-key NAME.key
TEXT
}

fail() {
    echo "make-certs: $1" >&2
    exit 2
}

directory=tls
days=90
coordinator=
workers=()
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --directory | --days | --coordinator | --worker)
        [ -n "${2:-}" ] || fail "$1 needs a value"
        case $1 in
        --directory) directory=$2 ;;
        --days) days=$2 ;;
        --coordinator) coordinator=$2 ;;
        --worker) workers+=("$2") ;;
        esac
        shift 2
        ;;
    *) usage >&2 && fail "unknown argument '$1'" ;;
    esac
done
[[ $days =~ ^[1-9][0-9]{0,4}$ ]] || fail "--days $days is not between 1 and 99999"
if [ -z "$coordinator" ] && [ ${#workers[@]} -eq 0 ]; then
    usage >&2
    fail 'nothing to make: give --coordinator or --worker'
fi
for name in ${workers[@]+"${workers[@]}"}; do
    [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]] || fail "--worker $name: letters, digits, dots and dashes, at most 63"
    [[ ! $name =~ ^(ca|coordinator)$ ]] || fail "--worker $name: that name is taken"
done
# `DNS:name` or `IP:address` for each of the coordinator's names.
alternatives=
IFS=, read -ra names <<<"$coordinator"
for name in ${names[@]+"${names[@]}"}; do
    if [[ $name =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ || $name =~ ^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+$ ]]; then
        alternatives+=",IP:$name"
    elif [[ $name =~ ^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$ ]]; then
        alternatives+=",DNS:$name"
    else
        fail "--coordinator '$name' is neither a host name nor an address; write them as control.example.net,10.0.0.5"
    fi
done
alternatives=${alternatives#,}

# Keys are for their owner alone.
umask 077
mkdir -p "$directory"
# New files are made here and moved into place whole: nobody reads half a certificate.
scratch=$(mktemp -d "$directory/.new.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# What the system's own configuration says of requests and extensions is left out.
cat >"$scratch/openssl.cnf" <<TEXT
[req]
distinguished_name = name
prompt = no
[name]
CN = unnamed
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[coordinator]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = ${alternatives:-DNS:unused}
[worker]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
TEXT

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/$1.key"
}

# install_new FILE...: into place, certificates readable by all.
install_new() {
    local file
    for file in "$@"; do
        [[ $file != *.pem ]] || chmod 644 "$scratch/$file"
        mv "$scratch/$file" "$directory/$file"
    done
}

# certificate FILE SUBJECT EXTENSIONS: a key and a certificate by the authority.
certificate() {
    new_key "$1"
    openssl req -new -config "$scratch/openssl.cnf" -key "$scratch/$1.key" -subj "/O=APE/CN=$2" -out "$scratch/$1.csr"
    openssl x509 -req -in "$scratch/$1.csr" -CA "$directory/ca.pem" -CAkey "$directory/ca.key" \
        -set_serial "0x$(openssl rand -hex 16)" -days "$days" -sha256 \
        -extfile "$scratch/openssl.cnf" -extensions "$3" -out "$scratch/$1.pem" 2>"$scratch/said" || {
        cat "$scratch/said" >&2
        exit 1
    }
    install_new "$1.key" "$1.pem"
    echo "$directory/$1.pem: $(openssl x509 -in "$directory/$1.pem" -noout -enddate | sed 's/notAfter=/until /')"
}

if [ ! -e "$directory/ca.key" ] && [ ! -e "$directory/ca.pem" ]; then
    new_key ca
    # A number of its own keeps two authorities apart, also where one replaces the other.
    openssl req -x509 -new -config "$scratch/openssl.cnf" -extensions authority -key "$scratch/ca.key" -sha256 \
        -days $((days * 10)) -subj "/O=APE/CN=APE fleet authority $(openssl rand -hex 4)" -out "$scratch/ca.pem"
    install_new ca.key ca.pem
    echo "$directory/ca.pem: a new authority"
fi
for file in ca.pem ca.key; do [ -r "$directory/$file" ] || fail "$directory/$file cannot be read"; done

[ -z "$coordinator" ] || certificate coordinator coordinator coordinator
for name in ${workers[@]+"${workers[@]}"}; do certificate "$name" "$name" worker; done
