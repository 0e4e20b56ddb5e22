/** Tasks to try the system with. */
@NullMarked
package bulwark.tasks.demo;

import org.jspecify.annotations.NullMarked;
