/** Tasks that must not run any more, and queues that are paused. */
@NullMarked
package bulwark.tasks.revocations;

import org.jspecify.annotations.NullMarked;
