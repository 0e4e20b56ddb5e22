# Sourced by ./bulwark publish-local. Installs what a program of somebody else's is compiled against (kernel, web, tasks, and the parent POM that names their
# versions) into the local Maven repository. The jars of one commit are equal byte for byte.
version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$here/pom.xml")
mark_quick
maven -q -Dfast -DskipTests -T2 -pl tasks -am clean install || fail "the build failed, for the reason above."
say "bulwark: installed bulwark:bulwark:$version (parent POM), bulwark:kernel:$version, bulwark:web:$version and bulwark:tasks:$version into the local Maven repository"
