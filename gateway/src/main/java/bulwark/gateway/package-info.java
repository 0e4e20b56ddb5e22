/** The API gateway: composition, settings, and the names of its metrics and audit events. */
@NullMarked
package bulwark.gateway;

import org.jspecify.annotations.NullMarked;
