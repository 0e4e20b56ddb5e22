/** Figures of the seat manager. */
@NullMarked
package bulwark.bench.seats;

import org.jspecify.annotations.NullMarked;
