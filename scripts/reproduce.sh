# Sourced by ./bulwark reproduce. Makes the program of these sources once more, in another folder, with other times, another umask and the files in another
# order, and compares it with the one that runs, byte for byte.
build_if_changed
again=$(mktemp -d "$home/again.XXXXXX")
trap 'rm -rf "$again"' EXIT
say "bulwark: making the program once more, in $again"
(cd "$here" && { sources -type f -print0; find . -mindepth 2 -maxdepth 2 -name pom.xml -print0; } | LC_ALL=C sort -zru | tar --null --no-recursion -T - -cf -) \
  | (umask 077; tar -xf - -C "$again" --touch --no-same-permissions)
(umask 077; mvn -f "$again/pom.xml" -q -B -ntp -o -Dfast -DskipTests -pl app -am package) >"$home/again.log" 2>&1 \
  || { tail -n 40 "$home/again.log" >&2; fail "the second build failed; the whole output is in $home/again.log"; }
(umask 077; "$java" -XX:+UseSerialGC -cp "$again/app/target/bulwark.jar" bulwark.app.dist.DistributionBuilder \
  "$again/app/target/bulwark.jar" "$again/app/target/components.txt" "$again/dependencies.sha256" 0.1.0 "$again/program") || fail "no second program was made."
digests() { (cd "$1" && find bulwark.jar sbom.json native -type f | LC_ALL=C sort | xargs sha256sum); }
if ! difference=$(diff <(digests "$program") <(digests "$again/program")); then
  printf '%s\n' "$difference"
  fail "the second program differs from the first in the files above."
fi
digests "$program"
say "bulwark: equal byte for byte"
