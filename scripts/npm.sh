# Sourced. Brings packages of npm into .bulwark/tools/PURPOSE, at the versions and digests of scripts/PURPOSE/package-lock.json.
bring_npm() { # bring_npm PURPOSE WHAT
  local home="$tools/$1" lock; lock=$(sha256sum <"$here/scripts/$1/package-lock.json" | cut -d' ' -f1)
  [ "$(cat "$home/lock-brought" 2>/dev/null || true)" = "$lock" ] && return
  command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || fail "needs node 20 or newer and npm for $2 that tests ask. Install them (Debian: sudo apt-get install nodejs npm)."
  rm -rf "$home"
  mkdir -p "$home"
  cp "$here/scripts/$1/package.json" "$here/scripts/$1/package-lock.json" "$home/"
  # No script of a package runs; npm compares each archive with its digest in the lock file.
  (cd "$home" && npm ci --ignore-scripts --no-audit --no-fund) >"$tools/$1.log" 2>&1 \
    || fail "needs the packages of scripts/$1/package.json, and they could not be fetched; the whole output is in $tools/$1.log"
  printf '%s' "$lock" >"$home/lock-brought"
}
