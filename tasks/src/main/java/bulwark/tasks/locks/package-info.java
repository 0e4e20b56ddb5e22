/** Named locks with an owner and an end. */
@NullMarked
package bulwark.tasks.locks;

import org.jspecify.annotations.NullMarked;
