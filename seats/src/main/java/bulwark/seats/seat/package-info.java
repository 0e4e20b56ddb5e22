/** Operators, seats, and the states that a seat goes through. */
@NullMarked
package bulwark.seats.seat;

import org.jspecify.annotations.NullMarked;
