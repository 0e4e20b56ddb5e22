/** What happens in workers, for listeners in this process, and events that applications send through queues' channels. */
@NullMarked
package bulwark.tasks.events;

import org.jspecify.annotations.NullMarked;
