# Sourced. Brings OpenSearch into .bulwark/tools, as Maven Central has it, checked against its digest.
opensearch_version=3.6.0
opensearch_sha256=a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286

bring_opensearch() {
  local home="$tools/opensearch" zip="$tools/opensearch-$opensearch_version.zip"
  [ "$(cat "$home/version-brought" 2>/dev/null || true)" = "$opensearch_version" ] && return
  say "bulwark: bringing OpenSearch $opensearch_version (160 MB, once)"
  mkdir -p "$tools"
  mvn -q -B -ntp -N -f "$here/pom.xml" dependency:copy -Dartifact="org.opensearch.distribution.integ-test-zip:opensearch:$opensearch_version:zip" -DoutputDirectory="$tools" >"$tools/opensearch.log" 2>&1 \
    || fail "needs OpenSearch $opensearch_version, and it could not be fetched; the whole output is in $tools/opensearch.log"
  echo "$opensearch_sha256  $zip" | sha256sum -c --quiet - >/dev/null 2>&1 || fail "$zip is not the OpenSearch that was reviewed: its digest differs. Delete it and try again."
  rm -rf "$home" "$tools/opensearch-$opensearch_version"
  (cd "$tools" && "$(dirname "$java")/jar" xf "$zip") || fail "$zip could not be unpacked"
  mv "$tools/opensearch-$opensearch_version" "$home"
  chmod +x "$home"/bin/*
  # It refuses to run as root, so that another user must be able to read it.
  chmod -R a+rX "$home"
  rm -f "$zip"
  printf '%s' "$opensearch_version" >"$home/version-brought"
}
