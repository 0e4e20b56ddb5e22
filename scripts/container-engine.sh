#!/usr/bin/env bash
# Runs a command with podman's configuration, images and state in a folder of its own, so that nothing of this machine's own containers is read or touched. As root.
#   scripts/container-engine.sh FOLDER podman …      (FOLDER with a short path: sockets lie in it)
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 FOLDER COMMAND…" >&2; exit 2; }
folder=$1; shift
program=$(command -v podman) || { echo "needs podman: install the package podman" >&2; exit 2; }
prefix=${program%/usr/bin/podman} # where Debian's packages were unpacked; nothing where they are installed
libraries="$prefix/usr/lib/$(uname -m)-linux-gnu"
if [ ! -f "$folder/containers.conf" ]; then
  mkdir -p -m 700 "$folder/home/.config/containers"
  for helper in iptables ip6tables; do
    command -v $helper >/dev/null 2>&1 || [ ! -x "$prefix/usr/sbin/xtables-nft-multi" ] || { mkdir -p "$folder/bin" && ln -sf "$prefix/usr/sbin/xtables-nft-multi" "$folder/bin/$helper"; }
  done
  # Without images of others there is nobody whose signature could be demanded.
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$folder/home/.config/containers/policy.json"
  : >"$folder/registries.conf"
  cat >"$folder/storage.conf" <<C
[storage]
driver = "overlay"
graphroot = "$folder/images"
runroot = "$folder/run"
C
  # runc: crun refuses a machine that has both versions of cgroups. The limits: without CAP_SYS_RESOURCE podman's own defaults cannot be set.
  cat >"$folder/containers.conf.new" <<C
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
conmon_path = ["$(command -v conmon)"]
conmon_env_vars = ["PATH=$folder/bin:$PATH", "LD_LIBRARY_PATH=$libraries"]
helper_binaries_dir = ["$prefix/usr/lib/podman", "$prefix/usr/libexec/podman", "/usr/lib/podman", "/usr/libexec/podman"]
tmp_dir = "$folder/run/libpod"
volume_path = "$folder/volumes"
[engine.runtimes]
runc = ["$(command -v runc)"]
[network]
network_backend = "netavark"
network_config_dir = "$folder/networks"
C
  mv -f "$folder/containers.conf.new" "$folder/containers.conf"
fi
export CONTAINERS_CONF="$folder/containers.conf" CONTAINERS_STORAGE_CONF="$folder/storage.conf" CONTAINERS_REGISTRIES_CONF="$folder/registries.conf"
export HOME="$folder/home" XDG_CONFIG_HOME="$folder/home/.config" XDG_RUNTIME_DIR="$folder/run" DISABLE_HC_SYSTEMD=true
export PATH="$folder/bin:$PATH"
if [ -n "$prefix" ]; then
  export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"
  [ ! -d "$libraries/xtables" ] || export XTABLES_LIBDIR="$libraries/xtables"
  [ ! -d "$prefix/usr/lib/python3/dist-packages" ] || export PYTHONPATH="$prefix/usr/lib/python3/dist-packages"
fi
exec "$@"
