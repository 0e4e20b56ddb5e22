# Sourced by ./bulwark test. Brings the neighbours that tests talk to, then runs Maven.
#   test                       every module, every check
#   test MODULE…               these modules and what they stand on
#   test MODULE -t "NAME"      the tests of a module whose display name begins with NAME, as the documents name theirs
#   test MODULE --prove [NAME] takes the controls of a module away one by one, in a copy, and says which test noticed
#   test doctor --score        plants the faults of the doctor's probes, and prints how many it named
#   test MODULE TEST[#METHOD]  one test (a class name, or a pattern such as *Broker*), without the checks of the whole build
. "$here/scripts/tools.sh"
. "$here/scripts/keycloak.sh"
. "$here/scripts/opensearch.sh"
. "$here/scripts/chain.sh"
. "$here/scripts/npm.sh"
. "$here/scripts/containers.sh"

modules=() tests=() display= proving= scoring=
while [ $# -gt 0 ]; do
  name=$1; shift
  if [ "$name" = -t ]; then
    [ $# -gt 0 ] || fail "-t asks for the beginning of a test's display name: ./bulwark test seats -t \"CSM-01 regression\""
    display=$1; shift; continue
  fi
  if [ "$name" = --prove ]; then proving=1; continue; fi
  if [ "$name" = --score ]; then scoring=1; continue; fi
  if [ -f "$here/$name/pom.xml" ]; then modules+=("$name"); else tests+=("$name"); fi
done
if [ -n "$display" ]; then
  [ ${#modules[@]} -eq 1 ] || fail "-t asks for one module: ./bulwark test MODULE -t \"$display\""
  # The classes that have such a test; Maven then runs those methods alone.
  while IFS= read -r found; do tests+=("$found"); done < <(cd "$here/${modules[0]}/src/test/java" && grep -rlF "@DisplayName(\"$display" . | while IFS= read -r file; do
    class=$(basename "$file" .java)
    methods=$(grep -A2 -F "@DisplayName(\"$display" "$file" | sed -n 's/^ *void \([a-z_0-9]*\)(.*/\1/p' | paste -sd+)
    [ -z "$methods" ] || echo "$class#$methods"
  done)
  [ ${#tests[@]} -gt 0 ] || fail "no test of ${modules[0]} has a name that begins with $display."
fi
if [ -n "$proving" ]; then
  [ ${#modules[@]} -eq 1 ] || fail "--prove asks for one module: ./bulwark test seats --prove"
  . "$here/scripts/prove.sh"
  return
fi
if [ -n "$scoring" ]; then
  [ "${modules[*]}" = doctor ] || fail "--score is of the doctor alone: ./bulwark test doctor --score"
  rm -f "$here/acceptance/target/doctor-score.txt"
  mark_quick
  maven -q "${quick[@]}" -pl acceptance -am -Dtest=DoctorFaultsTest -Dsurefire.failIfNoSpecifiedTests=false test || true
  cat "$here/acceptance/target/doctor-score.txt" 2>/dev/null || fail "no fault was planted, for the reason above."
  return
fi
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
bring python3 python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib
bring drill ldnsutils libldns3
bring systemd-analyze systemd libsystemd-shared libsystemd0 libcryptsetup12 libkmod2 libapparmor1
[ ! -d "$libraries/systemd" ] || export LD_LIBRARY_PATH="$libraries/systemd:$LD_LIBRARY_PATH"
bring softhsm2-util softhsm2 softhsm2-common libsofthsm2
# Compiler and library; the names of the packages behind golang-go and golang-src carry the version of the release.
command -v go >/dev/null 2>&1 || bring go golang-go $(apt-cache depends golang-go golang-src 2>/dev/null | sed -n 's/.*Depends: \(golang-[0-9.]*-\(go\|src\)\)$/\1/p')
[ -d /usr/share/gocode/src/golang.org/x/mod ] || [ -d "$tools/usr/share/gocode/src/golang.org/x/mod" ] || unpack "$tools" golang-golang-x-mod-dev \
  || fail "needs golang.org/x/mod for the second opinion on logs. Install the package golang-golang-x-mod-dev."

check_classes
bring_keycloak
bring_opensearch
bring_chain
bring_npm sigstore "the verifier of bundles"
bring_npm sarif "the validator of SARIF"
bring_npm consensus-types "the containers of another consensus client"
bring_containers

make_ready
# Before Maven runs the tests: they take the image as they find it, and Maven is not run inside of Maven.
case " ${modules[*]-} " in "  " | *" acceptance "*) ! command -v apt-get >/dev/null 2>&1 || "$here/bulwark" image >/dev/null ;; esac
selected=()
[ ${#modules[@]} -gt 0 ] && selected=(-pl "$(IFS=,; echo "${modules[*]}")" -am)
maven -T2 "${selected[@]}" verify
[ ${#modules[@]} -gt 0 ] || rm -f "$home/unchecked-classes"
mkdir -p "$home" && pom_digest >"$home/dependencies-cached"
