/** The store of seats with its audit log, and the gate that no start passes with a schema of another program. */
@NullMarked
package bulwark.seats.store;

import org.jspecify.annotations.NullMarked;
