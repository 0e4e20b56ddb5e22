#!/usr/bin/env bash
# Fails when a commit of a range is not signed by a key of the file of allowed signers. A gate for a pipeline:
#   scripts/security/verify-commits.sh ALLOWED_SIGNERS [RANGE]     (RANGE as git takes it; HEAD alone unless given)
# Each line of the file: the signer's mail address, then the public SSH key (ssh-keygen(1), ALLOWED SIGNERS).
set -euo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: $0 ALLOWED_SIGNERS [RANGE]" >&2; exit 2; }
signers=$1
[ -s "$signers" ] || { echo "$signers holds no allowed signers: without one no commit can be trusted" >&2; exit 1; }
if [ $# -eq 2 ]; then commits=$(git rev-list "$2"); else commits=$(git rev-parse HEAD); fi
[ -n "$commits" ] || { echo "the range ${2:-} holds no commit: nothing was verified" >&2; exit 1; }
bad=0
for commit in $commits; do
  if said=$(git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile="$signers" verify-commit "$commit" 2>&1); then
    echo "$commit ${said%%$'\n'*}"
  else
    echo "$commit is not signed by an allowed signer ($(git log -1 --format=%ae "$commit")): sign it with git commit -S, or git rebase --exec 'git commit --amend --no-edit -S'" >&2
    bad=1
  fi
done
exit $bad
