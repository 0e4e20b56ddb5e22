/** People, their sessions and step-ups, and the static token. */
@NullMarked
package bulwark.seats.identity;

import org.jspecify.annotations.NullMarked;
