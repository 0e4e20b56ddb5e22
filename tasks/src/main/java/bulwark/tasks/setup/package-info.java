/** Settings, the stores that they name, TLS material, and the health check of all of these. */
@NullMarked
package bulwark.tasks.setup;

import org.jspecify.annotations.NullMarked;
