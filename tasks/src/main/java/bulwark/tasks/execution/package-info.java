/** Running one task: admission, limits, the handler's run, its outcome, the settlement of its delivery, and what is recorded of it. */
@NullMarked
package bulwark.tasks.execution;

import org.jspecify.annotations.NullMarked;
