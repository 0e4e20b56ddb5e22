/** What is due when: the kinds of schedules and where they are kept. */
@NullMarked
package bulwark.tasks.time;

import org.jspecify.annotations.NullMarked;
