/** Tenants, and what each may have. */
@NullMarked
package bulwark.gateway.control.tenant;

import org.jspecify.annotations.NullMarked;
