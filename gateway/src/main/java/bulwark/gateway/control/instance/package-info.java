/** Gateways of the platform, and what each says of itself. */
@NullMarked
package bulwark.gateway.control.instance;

import org.jspecify.annotations.NullMarked;
