/** Takes tasks from queues, runs them within bounds, and accounts for every one. */
@NullMarked
package bulwark.tasks.worker;

import org.jspecify.annotations.NullMarked;
