/** How every route of the service is declared: who may call it, what it takes, and what is looked at before its work begins. */
@NullMarked
package bulwark.seats.route;

import org.jspecify.annotations.NullMarked;
