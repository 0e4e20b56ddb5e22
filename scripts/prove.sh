# Sourced by ./bulwark test MODULE --prove [NAME]. Takes controls away one by one, in a copy of the sources, and says which test noticed. A control whose loss no test
# notices, or a file of src/test/mutations that no longer fits the source, is a failure.
#
# A mutation is a file NAME.mutation: "# what is taken away", "file: PATH", "tests: CLASS,CLASS", and one or more "remove: TEXT", which stand behind one another in the
# source with white space between, then perhaps "put: TEXT", which stands there instead.
need perl "take controls away"
module=${modules[0]}
mutations="$here/$module/src/test/mutations"
[ -d "$mutations" ] || fail "$module has no controls to be taken away: there is no folder $module/src/test/mutations."
copy="$home/prove"

field() { sed -n "s/^$2: //p" "$1"; }

copy_sources() {
  rm -rf "$copy" && mkdir -p "$copy"
  (cd "$here" && tar cf - --exclude=app/target --exclude='*/surefire-reports' pom.xml .mvn dependencies.sha256 $(modules) acceptance/pom.xml) | (cd "$copy" && tar xf -)
}

# 0: taken away; 1: the text is not there exactly once
mutate() { # MUTATION FILE
  REMOVE=$(field "$1" remove) PUT=$(field "$1" put) perl -0777 -pi -e '
    BEGIN { $pattern = join("\\s+", map { quotemeta } split(/\n/, $ENV{REMOVE})); }
    $found = () = /$pattern/g;
    s/$pattern/$ENV{PUT}/ if $found == 1;
    END { exit($found == 1 ? 0 : 1); }' "$2"
}

prove_one() { # MUTATION
  local what file tests reports="$copy/$module/target/surefire-reports" noticed
  what=$(sed -n '1s/^# //p' "$1"); file=$(field "$1" file); tests=$(field "$1" tests)
  rm -rf "$reports"
  if ! mutate "$1" "$copy/$file"; then
    say "NOT FOUND  $(basename "$1" .mutation): the text stands not exactly once in $file"; return 1
  fi
  (here=$copy; maven -q -Dfast -pl "$module" -am -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false test) >"$copy/log" 2>&1 || true
  cp -p "$here/$file" "$copy/$file" && touch "$copy/$file"
  if ! grep -qs '^Tests run' "$reports"/*.txt; then
    say "NOT RUN    $(basename "$1" .mutation): what is left does not compile; see $copy/log"; return 1
  fi
  noticed=$(cat "$reports"/*.txt | sed -n "s/^bulwark\.\([A-Za-z.]*\.\)\([A-Za-z]*\.[a-z_0-9]*\).*<<< \(FAILURE\|ERROR\)!.*/\2/p" | head -n 1)
  if [ -z "$noticed" ]; then say "UNNOTICED  $what"; return 1; fi
  say "noticed    $what  ($noticed)"
}

copy_sources
missed=0 count=0
for mutation in "$mutations"/*.mutation; do
  [ ${#tests[@]} -eq 0 ] || [[ " ${tests[*]} " == *" $(basename "$mutation" .mutation) "* ]] || continue
  count=$((count + 1))
  prove_one "$mutation" || missed=$((missed + 1))
done
rm -rf "$copy"
[ $count -gt 0 ] || fail "no control of $module is called ${tests[*]}; they are $(cd "$mutations" && ls | sed 's/\.mutation$//' | paste -sd' ')."
say "$count controls taken away, $((count - missed)) noticed"
[ $missed -eq 0 ] || exit 1
