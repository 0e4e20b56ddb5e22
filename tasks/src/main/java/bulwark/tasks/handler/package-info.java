/** What a task's author writes against. */
@NullMarked
package bulwark.tasks.handler;

import org.jspecify.annotations.NullMarked;
