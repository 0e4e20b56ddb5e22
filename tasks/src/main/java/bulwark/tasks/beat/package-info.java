/** Publishes what schedules say is due: each nominal time once, however many beats run. */
@NullMarked
package bulwark.tasks.beat;

import org.jspecify.annotations.NullMarked;
