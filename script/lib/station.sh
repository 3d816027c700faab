# shellcheck shell=bash
# Building burnd and running a station. To be sourced, after messages.sh, at the top of the project.

# The program that build_burnd makes, optimised; burnd-decode is beside it.
readonly burnd=$PWD/.build/release/burnd

# build_burnd: the optimised build. All scripts that need one call this, so that it is made once: other options, even in
# another order of steps, would compile everything anew. The Swift runtime goes into the programs, which run on a machine
# without a toolchain then; only the two programs are built, not what the tests share.
build_burnd() {
    local product
    say "Building burnd. A first build fetches and compiles its Swift packages too and takes some minutes."
    for product in burnd burnd-decode; do
        swift build -c release --static-swift-stdlib --product "$product"
    done
}

# port_is_taken PORT: whether something listens there on 127.0.0.1.
port_is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: a port of 127.0.0.1 that nothing listened on just now.
free_port() {
    python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

# start_station PROGRAM URL DATA OPTION…: runs `burnd serve` in the background and returns when it answers, at most 30
# seconds later: it may have a database to upgrade. $station is its process, which is in a session of its own, so that
# Ctrl-C reaches it through the calling script alone.
start_station() {
    local program=$1 url=$2 data=$3 log=$3/burnd.log deadline=$((SECONDS + 30))
    shift 3
    setsid "$program" serve --listen "${url#http://}" --data "$data" "$@" >"$log" 2>&1 </dev/null &
    station=$!
    until curl -fs -o "$data/reply" "$url/healthz"; do
        if ! kill -0 "$station" 2>/dev/null || ((SECONDS > deadline)); then
            tail -n 20 "$log" >&2
            fail "the station did not start; above are the last lines of $log"
        fi
        sleep 0.1
    done
}

# stop_station DATA: ends $station, which finishes a disc that is being written, and its virtual recorders. Fails when the
# station did not end in good order.
stop_station() {
    local status=0
    kill -TERM "$station" 2>/dev/null || true
    wait "$station" || status=$?
    end_recorders "$1"
    [[ $status -eq 0 ]] || {
        tail -n 20 "$1/burnd.log" >&2
        note "the station ended with status $status; above are the last lines of its log"
        return 1
    }
}

# end_recorders DATA: ends the virtual recorders of a station, which outlive it by design, and waits for their end. A
# number in a pid file counts only while it is a virtual recorder's: the system may have given it to another process.
end_recorders() {
    local file pid deadline=$((SECONDS + 10))
    for file in "$1"/recorders/*/pid; do
        pid=$(cat "$file" 2>/dev/null) || continue
        is_virtual_recorder "$pid" || continue
        kill -TERM "$pid" 2>/dev/null || continue
        while is_virtual_recorder "$pid" && ((SECONDS < deadline)); do sleep 0.1; done
    done
}

# is_virtual_recorder PID
is_virtual_recorder() {
    [[ $1 =~ ^[0-9]+$ && -r /proc/$1/cmdline ]] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q ' virtual-recorder '
}
