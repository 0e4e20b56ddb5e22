# Sourced. Brings Keycloak into .bulwark/tools, as Maven Central has it, checked against its digest.
keycloak_version=26.7.3
keycloak_sha256=27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f

bring_keycloak() {
  local home="$tools/keycloak" zip="$tools/keycloak-quarkus-dist-$keycloak_version.zip"
  [ "$(cat "$home/version-brought" 2>/dev/null || true)" = "$keycloak_version" ] && return
  say "bulwark: bringing Keycloak $keycloak_version (170 MB, once)"
  mkdir -p "$tools"
  mvn -q -B -ntp -N -f "$here/pom.xml" dependency:copy -Dartifact="org.keycloak:keycloak-quarkus-dist:$keycloak_version:zip" -DoutputDirectory="$tools" >"$tools/keycloak.log" 2>&1 \
    || fail "needs Keycloak $keycloak_version, and it could not be fetched; the whole output is in $tools/keycloak.log"
  echo "$keycloak_sha256  $zip" | sha256sum -c --quiet - >/dev/null 2>&1 || fail "$zip is not the Keycloak that was reviewed: its digest differs. Delete it and try again."
  rm -rf "$home" "$tools/keycloak-$keycloak_version"
  (cd "$tools" && "$(dirname "$java")/jar" xf "$zip") || fail "$zip could not be unpacked"
  mv "$tools/keycloak-$keycloak_version" "$home"
  chmod +x "$home"/bin/*.sh
  rm -f "$zip"
  printf '%s' "$keycloak_version" >"$home/version-brought"
}
