/** Where this gateway may connect to: the address guard as the settings of the operator make it. */
@NullMarked
package bulwark.gateway.egress;

import org.jspecify.annotations.NullMarked;
