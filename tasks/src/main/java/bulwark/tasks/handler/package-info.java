/** What a task's author writes against, and the demonstration tasks. */
@NullMarked
package bulwark.tasks.handler;

import org.jspecify.annotations.NullMarked;
