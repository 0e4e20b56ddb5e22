/** What the tests of several modules share: a Redis server and the material beside the repository. */
@NullMarked
package bulwark.testkit;

import org.jspecify.annotations.NullMarked;
