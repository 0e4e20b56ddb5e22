# Sourced. Brings compiler, fast EVM and execution client for the tests of seats and for up --devnet into .bulwark/tools, at the versions and digests of scripts/chain/package-lock.json.
bring_chain() {
  local home="$tools/chain" lock; lock=$(sha256sum <"$here/scripts/chain/package-lock.json" | cut -d' ' -f1)
  [ "$(cat "$home/lock-brought" 2>/dev/null || true)" = "$lock" ] && return
  command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || fail "needs node 20 or newer and npm for chains on this machine. Install them (Debian: sudo apt-get install nodejs npm)."
  say "bulwark: bringing the neighbours of a chain: solc, anvil, forge, ethereumjs (240 MB, once)"
  rm -rf "$home"
  mkdir -p "$home"
  cp "$here/scripts/chain/package.json" "$here/scripts/chain/package-lock.json" "$home/"
  # No script of a package runs; npm compares each archive with its digest in the lock file.
  (cd "$home" && npm ci --ignore-scripts --no-audit --no-fund) >"$tools/chain.log" 2>&1 \
    || fail "needs the packages of scripts/chain/package.json, and they could not be fetched; the whole output is in $tools/chain.log"
  printf '%s' "$lock" >"$home/lock-brought"
}
