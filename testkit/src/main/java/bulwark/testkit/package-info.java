/** What the tests of several modules share: programs as processes, a Redis server, free ports, and the material beside the repository. Knows no module. */
@NullMarked
package bulwark.testkit;

import org.jspecify.annotations.NullMarked;
