# Sourced by ./bulwark test. Brings the neighbours that tests talk to, then runs Maven.
#   test                       every module, every check
#   test MODULE…               these modules and what they stand on
#   test MODULE TEST[#METHOD]  one test (a class name, or a pattern such as *Broker*), without the checks of the whole build
. "$here/scripts/tools.sh"
. "$here/scripts/keycloak.sh"
. "$here/scripts/opensearch.sh"

modules=() tests=()
for name in "$@"; do
  if [ -f "$here/$name/pom.xml" ]; then modules+=("$name"); else tests+=("$name"); fi
done
if [ ${#tests[@]} -gt 0 ]; then
  [ ${#modules[@]} -eq 1 ] || fail "${tests[0]} is no module. To run one test, name its module first: ./bulwark test MODULE ${tests[0]}"
  case "${modules[0]}" in acceptance|app) make_ready ;; esac
  reports="$here/${modules[0]}/target/surefire-reports"
  rm -f "$reports"/*.txt
  mark_quick
  maven -q "${quick[@]}" -pl "${modules[0]}" -am -Dtest="$(IFS=,; echo "${tests[*]}")" -Dsurefire.failIfNoSpecifiedTests=false test
  cat "$reports"/*.txt 2>/dev/null | grep '^Tests run' || fail "no test of ${modules[0]} is called ${tests[*]}."
  return
fi

bring curl curl libcurl4
bring openssl openssl
bring jq jq libjq1 libonig5
bring strace strace libunwind8
bring redis-server "${redis_packages[@]}"
bring haproxy "${haproxy_packages[@]}"
bring nginx "${nginx_packages[@]}"
bring prometheus "${prometheus_packages[@]}"
bring prometheus-alertmanager "${alertmanager_packages[@]}"
bring sslscan sslscan
bring bwrap bubblewrap
bring testssl testssl.sh bsdextrautils

check_classes
bring_keycloak
bring_opensearch

make_ready
selected=()
[ ${#modules[@]} -gt 0 ] && selected=(-pl "$(IFS=,; echo "${modules[*]}")" -am)
maven -T2 "${selected[@]}" verify
[ ${#modules[@]} -gt 0 ] || rm -f "$home/unchecked-classes"
mkdir -p "$home" && pom_digest >"$home/dependencies-cached"
