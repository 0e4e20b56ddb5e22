# Sourced. Brings the verifier of Sigstore bundles into .bulwark/tools, at the versions and digests of scripts/sigstore/package-lock.json.
bring_sigstore() {
  local home="$tools/sigstore" lock; lock=$(sha256sum <"$here/scripts/sigstore/package-lock.json" | cut -d' ' -f1)
  [ "$(cat "$home/lock-brought" 2>/dev/null || true)" = "$lock" ] && return
  command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || fail "needs node 20 or newer and npm for the verifier of bundles that tests ask. Install them (Debian: sudo apt-get install nodejs npm)."
  rm -rf "$home"
  mkdir -p "$home"
  cp "$here/scripts/sigstore/package.json" "$here/scripts/sigstore/package-lock.json" "$home/"
  # No script of a package runs; npm compares each archive with its digest in the lock file.
  (cd "$home" && npm ci --ignore-scripts --no-audit --no-fund) >"$tools/sigstore.log" 2>&1 \
    || fail "needs the packages of scripts/sigstore/package.json, and they could not be fetched; the whole output is in $tools/sigstore.log"
  printf '%s' "$lock" >"$home/lock-brought"
}
