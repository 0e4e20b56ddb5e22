#!/usr/bin/env bash
# Step of the pipeline: the bill of materials (CycloneDX 1.6) that the build made, checked and put where artefacts are kept.
#   deploy/ci/sbom.sh OUT [SBOM]     (SBOM: .bulwark/program/sbom.json unless given; ./bulwark --version makes it)
# Fails when a component has no SHA-256, or when a library has one that dependencies.sha256 does not know.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: $0 OUT [SBOM]" >&2; exit 2; }
command -v jq >/dev/null || { echo "needs jq to read the bill of materials: install the package jq" >&2; exit 2; }
out=$1 sbom=${2:-$root/.bulwark/program/sbom.json}
[ -s "$sbom" ] || { echo "there is no $sbom: build the program first (./bulwark --version)" >&2; exit 1; }
jq -e '.bomFormat == "CycloneDX" and (.components | length > 0)' "$sbom" >/dev/null || { echo "$sbom is no bill of materials of CycloneDX with components" >&2; exit 1; }
bad=0
while IFS='|' read -r type name digest; do
  if [ -z "$digest" ]; then
    echo "$name has no SHA-256 in the bill of materials" >&2; bad=1
  elif [ "$type" = library ] && ! grep -q "^$digest  " "$root/dependencies.sha256"; then
    echo "$name ($digest) is not in dependencies.sha256: look at where it came from; ./bulwark checksums writes the list anew" >&2; bad=1
  fi
done < <(jq -r '.components[] | select(.group != "bulwark") | [.type, "\(.name) \(.version // "")", ([(.hashes // [])[] | select(.alg == "SHA-256") | .content][0] // "")] | join("|")' "$sbom")
[ $bad -eq 0 ] || exit 1
mkdir -p "$(dirname "$out")"
cp "$sbom" "$out"
echo "$(jq '.components | length' "$sbom") components in $out, each with its SHA-256"
