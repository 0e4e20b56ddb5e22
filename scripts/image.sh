# Sourced by ./bulwark image. Makes the container image of the fact node, without a container engine.
#   image [--output FILE]   an OCI archive, .bulwark/image/stigmem-node.tar unless told otherwise, and its digest in FILE.digest
#   image --sign FOLDER     signs the digest too, with the key in FOLDER, which is made at the first use: FILE.sigstore.json, for ./bulwark verify and the policy in FOLDER
#   image --train           writes anew which classes the start-up archive holds: after a change of what the node loads; look at the difference before you commit it
. "$here/scripts/tools.sh"

# The C library comes out of this one package. A newer one: its name and its SHA-256, as apt-cache show libc6 prints it.
c_library_package=libc6_2.36-9+deb12u14_amd64.deb
c_library_sha256=ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf

output="$home/image/stigmem-node.tar" train= keys=()
while [ $# -gt 0 ]; do
  case "$1" in
    --output) [ $# -ge 2 ] || fail "--output asks for a file: ./bulwark image --output stigmem-node.tar"; output=$(realpath -m -- "$2"); shift 2 ;;
    --sign) [ $# -ge 2 ] || fail "--sign asks for the folder of the signer's key: ./bulwark image --sign ~/image-key"; keys=("$(realpath -m -- "$2")"); shift 2 ;;
    --train) train=1; shift ;;
    *) fail "image knows no $1: ./bulwark image [--output FILE] [--sign FOLDER]" ;;
  esac
done

bring_c_library() { # into the folder $1: the package's files, and its name in the file package
  local folder=$1 name version
  [ "$(cat "$folder/package" 2>/dev/null || true)" != "$c_library_package" ] || return 0
  [ "$(uname -m)" = x86_64 ] || fail "makes images on x86-64 alone."
  command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || fail "needs apt-get and dpkg for the C library of the image."
  IFS=_ read -r name version _ <<<"$c_library_package"
  local download; download=$(mktemp -d)
  (cd "$download" && apt-get download "$name=$version" >/dev/null 2>&1) \
    || { rm -rf "$download"; fail "apt-get serves no $name $version: run apt-get update; where Debian replaced it, put name and SHA-256 of the newer package into scripts/image.sh."; }
  if ! sha256sum -c --quiet - <<<"$c_library_sha256  $download/$c_library_package" >/dev/null 2>&1; then
    rm -rf "$download"; fail "$c_library_package is not the file that scripts/image.sh names: it was damaged or exchanged. Nothing was made of it."
  fi
  rm -rf "$folder" && mkdir -p "$folder"
  dpkg -x "$download/$c_library_package" "$folder"
  printf '%s' "$c_library_package" >"$folder/package"
  rm -rf "$download"
}

check_builder() { # the jars that make the image are listed ones, as those of the program are
  local jar
  while IFS= read -r jar; do
    [[ $jar == "$here"/* ]] && continue
    grep -qF "$(sha256sum <"$jar" | cut -c1-64)  " "$here/dependencies.sha256" \
      || fail "$jar is not the file that dependencies.sha256 lists: delete it, so that Maven fetches it again; if it still differs, do not run it."
  done < <(tr ':' '\n' <"$here/image/target/builder-classpath.txt")
}

make_image() {
  # The start-up archive remembers its folder: always the same one, which nobody else may have made, and one build at a time.
  local work=/tmp/bulwark-image
  exec 8>"$work.lock" || fail "$work.lock is another user's: an image is made in $work, by one user at a time."
  flock 8
  rm -rf "$work" && mkdir -m 700 "$work" || fail "$work is another user's, who makes an image there: try again later."
  mkdir -p "$(dirname "$output")"
  local made="$output.new"; [ -z "$train" ] || made=--train
  "$java" -XX:+UseSerialGC -Xmx1g -cp "$inputs/image.jar:$(cat "$inputs/builder-classpath.txt")" bulwark.image.ImageBuilder \
    "$jdk" "$inputs/bulwark.jar" "$inputs/components.txt" "$here/dependencies.sha256" "$tools/c-library" \
    "$here/image/src/main/resources/bulwark/image/classes.txt" "$work" "$made" "${keys[@]}" >"$work/said" || { rm -rf "$work" "$output.new"; fail "no image was made, for the reason above."; }
  if [ -z "$train" ]; then
    mv -f "$output.new" "$output"
    [ ! -f "$output.new.sigstore.json" ] || mv -f "$output.new.sigstore.json" "$output.sigstore.json"
    sed -n 's/^digest *//p' "$work/said" >"$output.digest"
    sed "s|$output.new|$output|" "$work/said" >"$output.said"
    [ "$output" != "$home/image/stigmem-node.tar" ] || printf '%s' "$made_of" >"$output.made-of"
    cat "$output.said"
  fi
  rm -rf "$work"
}

need mvn "build"
mkdir -p "$home"
exec 9>"$home/build.lock"; flock 9
made_of="$(sources_digest) $c_library_sha256 $(sha256sum <"$jdk/release" | cut -c1-64)"
if [ -z "$train" ] && [ ${#keys[@]} -eq 0 ] && [ "$output" = "$home/image/stigmem-node.tar" ] && [ -f "$output" ] && [ "$(cat "$output.made-of" 2>/dev/null || true)" = "$made_of" ]; then
  cat "$output.said"
  exec 9>&-
  return
fi
bring_c_library "$tools/c-library"
# What Maven made is kept beside the image: a second image of the same sources, in the tests for instance, is made without it.
inputs="$home/image/inputs"
if [ "$(cat "$inputs/made-of" 2>/dev/null || true)" != "$made_of" ]; then
  mark_quick
  maven -q "${quick[@]}" -DskipTests -pl image -am package >"$home/image.log" 2>&1 || { tail -n 40 "$home/image.log" >&2; fail "the build failed; the whole output is in $home/image.log"; }
  check_builder
  rm -rf "$inputs" && mkdir -p "$inputs"
  cp -p "$here/image/target/image-0.1.0.jar" "$inputs/image.jar"
  cp -p "$here/app/target/bulwark.jar" "$here/image/target/components.txt" "$here/image/target/builder-classpath.txt" "$inputs/"
  printf '%s' "$made_of" >"$inputs/made-of"
fi
make_image
exec 9>&-
