/** How an application sends tasks and waits for their results. */
@NullMarked
package bulwark.tasks.client;

import org.jspecify.annotations.NullMarked;
