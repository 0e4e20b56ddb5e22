/** Interfaces of the stores that tasks need beside a broker: locks, rate limits, revocations; how statuses may change; and all stores of one backend together. */
@NullMarked
package bulwark.tasks.store;

import org.jspecify.annotations.NullMarked;
