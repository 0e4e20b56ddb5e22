/** Everything of one place that keeps tasks: broker, results, schedules, locks, revocations, rates. */
@NullMarked
package bulwark.tasks.stores;

import org.jspecify.annotations.NullMarked;
