# Sourced by ./bulwark test. Brings the neighbours that tests talk to into .bulwark/tools, without root, then runs Maven.
tools="$home/tools"
libraries="$tools/usr/lib/$(uname -m)-linux-gnu"
export PATH="$tools/usr/bin:$PATH"
[ -d "$libraries" ] && export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"

bring() { # bring COMMAND PACKAGE… : unpack Debian packages beside the project
  local command=$1; shift
  command -v "$command" >/dev/null 2>&1 && return
  if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
    mkdir -p "$tools/packages"
    if (cd "$tools/packages" && apt-get download "$@" >/dev/null 2>&1); then
      for package in "$tools"/packages/*.deb; do dpkg -x "$package" "$tools"; done
      export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"
    fi
  fi
  command -v "$command" >/dev/null 2>&1 || fail "the tests need $command, and it could not be fetched without root. Install the package $1 (Debian: sudo apt-get install $1)."
}

bring curl curl libcurl4
bring openssl openssl
bring jq jq libjq1 libonig5
bring strace strace libunwind8
bring redis-server redis-server redis-tools libjemalloc2 libatomic1 liblzf1 liblua5.1-0 lua-cjson lua-bitop

build_if_changed
train_if_missing
modules=()
[ $# -gt 0 ] && modules=(-pl "$(IFS=,; echo "$*")" -am)
maven -T2 "${modules[@]}" verify
mkdir -p "$home" && pom_digest >"$home/dependencies-cached"
