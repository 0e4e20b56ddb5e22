/** How often a task may start. */
@NullMarked
package bulwark.tasks.rates;

import org.jspecify.annotations.NullMarked;
