#!/usr/bin/env bash
# Writes deploy/seccomp/stigmem-node.json anew: the system calls that the container of the fact node makes once its filter stands, seen by strace over a start, load, a rotation, new certificates, a
# snapshot, the programs inside and a stop. What else the kernel can do is answered with EPERM. As root, with podman, strace, curl, openssl, jq and perl; takes some minutes.
#   scripts/security/derive_seccomp.sh [IMAGE.tar]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
image=${1:-$root/.bulwark/image/stigmem-node.tar}
profile="$root/deploy/seccomp/stigmem-node.json"
for program in podman strace curl openssl jq perl; do command -v $program >/dev/null || { echo "needs $program" >&2; exit 2; }; done
[ -s "$image" ] || { echo "there is no $image: ./bulwark image makes it" >&2; exit 1; }
work=$(mktemp -d /tmp/derive.XXXX)
engine=("$root/scripts/container-engine.sh" "$work/engine" podman)
finish() { "${engine[@]}" rm -f -t 0 derive >/dev/null 2>&1 || true; rm -rf "$work"; }
trap finish EXIT

mkdir -p "$work/tls" && cd "$work/tls"
openssl genpkey -algorithm ed25519 -out ca.key 2>/dev/null
openssl req -new -x509 -key ca.key -out ca.crt -days 30 -subj /CN=ca
certificate() { # under a new name, then moved: the node reads a whole one
  openssl genpkey -algorithm ed25519 -out node.key.new 2>/dev/null
  openssl req -new -key node.key.new -out node.csr -subj /CN=stigmem-node
  openssl x509 -req -in node.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out node.crt.new -days 30 -extfile <(echo subjectAltName=URI:stigmem://derive.example/nodes/one) 2>/dev/null
  chown 65532 node.key.new && mv node.key.new node.key && mv node.crt.new node.crt
}
certificate
cd "$work"
# A filter that filters nothing we look for: from its installation on, the calls are those of the container.
echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["vhangup"],"action":"SCMP_ACT_ERRNO"}]}' >open.json
"${engine[@]}" load -q -i "$image" >/dev/null
id=$("${engine[@]}" images -q | head -n 1)

cat >scenario.sh <<'S'
set -euo pipefail
key=$(openssl rand -hex 32)
"$@" run -d --name derive --pull=never --read-only --read-only-tmpfs=false --tmpfs /tmp:mode=1777,size=64m --tmpfs /run:mode=755,size=16m --cap-drop ALL \
  --security-opt no-new-privileges --security-opt seccomp=open.json -v derive:/data -v "$PWD/tls":/tls:ro -p 127.0.0.1:18000:8000 \
  -e STIGMEM_TLS_CERT_PATH=/tls/node.crt -e STIGMEM_TLS_KEY_PATH=/tls/node.key -e STIGMEM_TLS_CA_BUNDLE=/tls/ca.crt -e STIGMEM_LOCAL_HTTP_HOST=0.0.0.0 \
  -e STIGMEM_ADMIN_KEY="$key" "$ID" >/dev/null
for _ in $(seq 600); do curl -s -o /dev/null http://localhost:18000/healthz && break; read -rt 0.5 <> <(:) || true; done
for i in $(seq 150); do
  curl -s -o /dev/null http://localhost:18000/v1/facts -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "{\"entity\":\"stigmem://test/e$i\",\"relation\":\"seq\",\"value\":\"$i\",\"scope\":\"team\"}"
done
curl -s -o /dev/null "http://localhost:18000/v1/facts?entity=stigmem://test/e1" -H "Authorization: Bearer $key"
curl -s -o /dev/null http://localhost:18000/v1/recall -H "Authorization: Bearer $key" -H 'Stigmem-Verify: full' -H 'Content-Type: application/json' -d '{"query":"seq","scope":"team"}'
curl -s -o /dev/null http://localhost:18000/metrics
"$@" exec derive /usr/bin/stigmem health
"$@" exec derive /usr/bin/stigmem identity rotate-key --kind node >/dev/null
"$@" exec derive /usr/bin/stigmem identity rotate-key --kind issuer >/dev/null
"$@" exec derive /usr/bin/stigmem identity rotate-key --kind log >/dev/null || true
"$@" exec derive /usr/bin/stigmem audit export --table fact_audit_log --out /data/audit.jsonl >/dev/null
"$@" exec derive /usr/bin/stigmem snapshot create --out /data/copy.tar.gz >/dev/null
"$@" exec derive /usr/bin/stigmem fsck >/dev/null
"$@" exec derive /usr/bin/id
"$@" exec derive /usr/bin/touch /data/seen
"$@" exec derive /usr/bin/touch /etc/seen || true
(cd tls && certificate)
"$@" kill -s HUP derive >/dev/null
for _ in $(seq 100); do "$@" logs derive 2>&1 | grep -q 'TLS material loaded' && break; read -rt 0.5 <> <(:) || true; done
"$@" stop -t 120 derive >/dev/null
S
export -f certificate
ID=$id strace -f -qq -e signal=none --decode-pids=pidns -o trace bash scenario.sh "${engine[@]}" || { echo "the scenario failed: nothing was derived" >&2; exit 1; }

# Of each process from the installation of its filter on, of what descends from it, and of the threads that the filter is given to as well.
perl -ne '
  next unless m{^(\d+)(?: /\*.*?\*/)?\s+(.*)$}; my ($pid, $line, $name, $resumed) = ($1, $2);
  if ($line =~ /^<\.\.\. (\w+) resumed>/) { $name = $1; $resumed = 1 } elsif ($line =~ /^(\w+)\(/) { $name = $1 } else { next }
  if (!$resumed) { if ($on{$pid}) { $seen{$name} = 1 } else { $early{$pid}{$name} = 1 } }
  # With a program of some length: without one, the engine only asks whether the kernel has filters.
  $on{$pid} = 1 if $line =~ /^(seccomp\(SECCOMP_SET_MODE_FILTER|prctl\(PR_SET_SECCOMP).*\{len=\d/;
  if ($on{$pid} && $name =~ /^(clone3?|v?fork)$/ && $line =~ m{= \d+ /\* (\d+) in strace.s PID NS \*/$}) { $on{$1} = 1; $seen{$_} = 1 for keys %{$early{$1} || {}} }
  END { print "$_\n" for sort keys %seen }' trace | LC_ALL=C sort -u >seen.txt
[ "$(wc -l <seen.txt)" -ge 40 ] || { echo "only $(wc -l <seen.txt) system calls were seen: strace did not follow the container" >&2; exit 1; }

# What a run of this length does not show: an interrupted call that the kernel repeats, memory that grows, threads that end, and what the runtime does beside the one that installs the filter.
more="restart_syscall rt_sigreturn rt_sigtimedwait mremap madvise sched_yield exit exit_group tgkill nanosleep clock_nanosleep futex epoll_pwait getpid getppid sysinfo fallocate ftruncate fdatasync
  fsync rename renameat renameat2 unlink unlinkat rmdir sendmsg recvmsg sendfile writev readv pwrite64 pread64 getrandom set_robust_list rseq close close_range faccessat2 execve"
printf '%s\n' $more | cat - seen.txt | LC_ALL=C sort -u | grep -vxE 'clone|clone3|socket|ioctl|ptrace|mount|umount2|unshare|setns|bpf|keyctl|perf_event_open|io_uring_.*' >allowed.txt
jq -n --rawfile names allowed.txt '{
  defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
  archMap: [{architecture: "SCMP_ARCH_X86_64", subArchitectures: []}],
  syscalls: [
    {names: ($names | split("\n") | map(select(. != ""))), action: "SCMP_ACT_ALLOW"},
    {names: ["clone"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}], comment: "threads and processes, no namespaces"},
    {names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38, comment: "its flags cannot be seen by a filter: the C library takes clone then"},
    {names: ["futex_waitv"], action: "SCMP_ACT_ERRNO", errnoRet: 38, comment: "the newest call that is named here: what is older is answered with EPERM, what is newer with ENOSYS"},
    {names: ["ioctl"], action: "SCMP_ACT_ALLOW", args: [{index: 1, value: 21522, op: "SCMP_CMP_NE"}], comment: "not TIOCSTI, which types into a terminal"},
    {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}], comment: "AF_UNIX"},
    {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 2, op: "SCMP_CMP_EQ"}], comment: "AF_INET"},
    {names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 10, op: "SCMP_CMP_EQ"}], comment: "AF_INET6"}
  ]}' >"$profile.new"
mv -f "$profile.new" "$profile"
echo "$(wc -l <seen.txt) system calls seen, $(jq '[.syscalls[].names[]] | unique | length' "$profile") in $profile; git diff shows what changed"
