/** What watchers see of seats on the execution and the consensus layer, what they make of it, and what they say of themselves. */
@NullMarked
package bulwark.seats.watch;

import org.jspecify.annotations.NullMarked;
