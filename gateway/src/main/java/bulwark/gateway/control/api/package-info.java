/** APIs of tenants, from the draft to the end. */
@NullMarked
package bulwark.gateway.control.api;

import org.jspecify.annotations.NullMarked;
