/** What tasks and workers report: events of queues, events of workers, and evidence. */
@NullMarked
package bulwark.tasks.events;

import org.jspecify.annotations.NullMarked;
