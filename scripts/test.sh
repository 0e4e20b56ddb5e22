# Sourced by ./bulwark test. Brings the neighbours that tests talk to, then runs Maven.
. "$here/scripts/tools.sh"

bring curl curl libcurl4
bring openssl openssl
bring jq jq libjq1 libonig5
bring strace strace libunwind8
bring redis-server "${redis_packages[@]}"

make_ready
modules=()
[ $# -gt 0 ] && modules=(-pl "$(IFS=,; echo "$*")" -am)
maven -T2 "${modules[@]}" verify
mkdir -p "$home" && pom_digest >"$home/dependencies-cached"
