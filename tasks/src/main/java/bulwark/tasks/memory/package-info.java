/** A task store that lasts as long as its process, for tests and trials. */
@NullMarked
package bulwark.tasks.memory;

import org.jspecify.annotations.NullMarked;
