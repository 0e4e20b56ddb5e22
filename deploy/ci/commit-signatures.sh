#!/usr/bin/env bash
# Step of the pipeline: every commit that is new is signed by an allowed signer.
#   deploy/ci/commit-signatures.sh ALLOWED_SIGNERS [BASE]     (BASE: what was there before, a commit or a branch; without it HEAD alone)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: $0 ALLOWED_SIGNERS [BASE]" >&2; exit 2; }
gate="$here/../../scripts/security/verify-commits.sh"
if [ $# -eq 2 ]; then exec "$gate" "$1" "$2..HEAD"; fi
exec "$gate" "$1"
