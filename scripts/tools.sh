# Sourced. Brings neighbours into .bulwark/tools, without root.
tools="$home/tools"
libraries="$tools/usr/lib/$(uname -m)-linux-gnu"
export PATH="$tools/usr/bin:$tools/usr/sbin:$PATH"
[ -d "$libraries" ] && export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"

unpack() { # unpack FOLDER PACKAGE… : Debian packages as files, not installed
  local folder=$1; shift
  command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || return 1
  local packages; packages=$(mktemp -d)
  (cd "$packages" && apt-get download "$@" >/dev/null 2>&1) || { rm -rf "$packages"; return 1; }
  mkdir -p "$folder"
  local package
  for package in "$packages"/*.deb; do dpkg -x "$package" "$folder"; done
  rm -rf "$packages"
}

try_bring() { # try_bring COMMAND PACKAGE…
  local command=$1; shift
  command -v "$command" >/dev/null 2>&1 && return
  unpack "$tools" "$@" && export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"
  command -v "$command" >/dev/null 2>&1
}

bring() { # bring COMMAND PACKAGE… : or end
  try_bring "$@" || fail "needs $1, and it could not be fetched without root. Install the package $2 (Debian: sudo apt-get install $2)."
}

redis_packages=(redis-server redis-tools libjemalloc2 libatomic1 liblzf1 liblua5.1-0 lua-cjson lua-bitop)
haproxy_packages=(haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1)
nginx_packages=(nginx)
prometheus_packages=(prometheus)
alertmanager_packages=(prometheus-alertmanager)
