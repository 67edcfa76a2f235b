# shellcheck shell=bash
# An nginx of its own on loopback, for the benchmarks; to be sourced.
#
#   serve DIRECTORY [LOCATIONS]     serves DIRECTORY/www on two ports, $port and the next, and with TLS and HTTP/2 on the
#                                   one after them, with the certificate DIRECTORY/ca.pem; LOCATIONS go into its server
#
# The directory is the caller's, made by mktemp and removed by it; the server ends with the shell.

command -v nginx >/dev/null || { echo "nginx is missing: apt-get install nginx-light" >&2; exit 2; }

server=
stop_serving() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; }

serve() {
    local dir=$1 locations=${2:-}
    # nginx serves as another user, who would be refused otherwise.
    chmod 755 "$dir"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$dir/key.pem" -out "$dir/ca.pem" 2>/dev/null
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        cat >"$dir/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $dir/nginx.pid;
error_log $dir/error.log;
worker_rlimit_nofile 65536;
events { worker_connections 30000; }
http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_buffer_size 128k;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    open_file_cache max=16;
    server {
        listen 127.0.0.1:$port backlog=8192;
        listen 127.0.0.1:$((port + 1)) backlog=8192;
        listen 127.0.0.1:$((port + 2)) ssl http2 backlog=8192;
        ssl_certificate $dir/ca.pem;
        ssl_certificate_key $dir/key.pem;
        root $dir/www;
        $locations
    }
}
CONF
        nginx -p "$dir" -c "$dir/nginx.conf" &
        server=$!
        for _ in $(seq 50); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
        server=
    done
    cat "$dir/error.log" >&2
    return 1
}
