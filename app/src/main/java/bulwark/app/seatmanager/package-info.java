/** The commands of the seat manager, and its folder under {@code up}. */
@NullMarked
package bulwark.app.seatmanager;

import org.jspecify.annotations.NullMarked;
