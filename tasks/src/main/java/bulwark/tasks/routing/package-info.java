/** Which queue a task goes to. */
@NullMarked
package bulwark.tasks.routing;

import org.jspecify.annotations.NullMarked;
