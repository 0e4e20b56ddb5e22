# Sourced by ./bulwark bench. Brings Redis and, where they can be had, the other queues and proxies that ours are measured beside.
. "$here/scripts/tools.sh"

soak() { # soak TEST PROPERTY: a test of kills, 200 of them
  make_ready
  mark_quick
  maven -q -Dfast -pl acceptance -am test -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false "-D$2=200"
  exit
}

if [ "${1:-}" = tasks ]; then
  bring redis-server "${redis_packages[@]}"
  if [ "${2:-}" = --soak ]; then soak TaskCrashTest bulwark.kills; fi # kill -9 of whatever takes part, 200 times on each broker
  if [ ! -d "$tools/bullmq/node_modules/bullmq" ]; then
    mkdir -p "$tools/bullmq"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools/bullmq" bullmq ioredis >/dev/null 2>&1 \
      || say "bench: BullMQ could not be fetched with npm; it is left out"
  fi
  if ! PYTHONPATH="$tools/celery/usr/lib/python3/dist-packages" /usr/bin/python3 -c 'import celery, redis' >/dev/null 2>&1; then
    mapfile -t celery_packages < <(apt-get -s install python3-celery python3-redis 2>/dev/null | awk '/^Inst/ {print $2}')
    { [ ${#celery_packages[@]} -gt 0 ] && unpack "$tools/celery" "${celery_packages[@]}"; } \
      || say "bench: Celery could not be fetched; it is left out"
  fi
fi

if [ "${1:-}" = gateway ]; then
  if [ "${2:-}" = --soak ]; then soak GatewayCrashTest bulwark.gateway.kills; fi # kill -9 under calls and changes of routes, 200 times
  export PATH="$tools/usr/sbin:$PATH"
  bring wrk wrk libluajit-5.1-2 libluajit-5.1-common
  bring h2load nghttp2-client libev4 libjemalloc2
  bring haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0
  bring nginx nginx nginx-common libpcre2-8-0
fi
