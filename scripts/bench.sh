# Sourced by ./bulwark bench. Brings Redis and, where they can be had, the other queues and proxies that ours are measured beside.
. "$here/scripts/tools.sh"
. "$here/scripts/chain.sh"

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

if [ "${1:-}" = seats ]; then
  bring_chain
  make_ready
  mark_quick
  measured() { # measured TESTS NUMBER: tests of the seat manager that measure, or that kill so often
    maven -q -Dfast -pl seats -am test -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false -Dbulwark.seats.kills="$2"
  }
  if [ "${2:-}" = --soak ]; then # kill -9 of sender, signer, watcher and service between the steps of every kind of plan, 600 times in all
    measured KilledSenderTest 400
    measured SignerKillTest,KilledWatcherTest,KilledServiceTest 50
    say "bench: every pair of kind and step after which the sender was killed:"
    cat "$here/seats/target/killed-pairs.txt"
    exit
  fi
  # What is inside of the watcher and of the sender is measured where their neighbours are.
  measured ConsensusWatcherTest#ten_thousand_seats_are_at_most_twenty_five_questions_a_label,ManyOpenIntentsTest 8
fi
