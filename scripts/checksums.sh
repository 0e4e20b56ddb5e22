# Sourced by ./bulwark checksums. Downloads everything that the build uses into an empty repository and lists the SHA-256 of each jar.
need mvn "build"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
say "bulwark: downloading every dependency anew; this takes some minutes"
(cd "$here" && mvn -B -ntp -q -Dmaven.repo.local="$fresh" -DskipTests install \
  && mvn -B -ntp -q -Dmaven.repo.local="$fresh" -Dfast -pl kernel -am -Dtest=TimestampsTest -Dsurefire.failIfNoSpecifiedTests=false test) >"$home/checksums.log" 2>&1 \
  || fail "the build failed; the whole output is in $home/checksums.log"
(cd "$fresh" && find . -name '*.jar' -not -path './bulwark/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum) >"$here/dependencies.sha256"
say "bulwark: $(wc -l <"$here/dependencies.sha256") jars are listed in dependencies.sha256; git diff shows what changed"
