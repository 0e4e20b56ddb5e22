/** Settings, and the stores that they name. */
@NullMarked
package bulwark.tasks.setup;

import org.jspecify.annotations.NullMarked;
