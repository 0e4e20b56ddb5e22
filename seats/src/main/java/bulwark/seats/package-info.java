/** The service that keeps validator seats: one composition of its store, its identities and its routes. */
@NullMarked
package bulwark.seats;

import org.jspecify.annotations.NullMarked;
