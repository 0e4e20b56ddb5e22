/** The audit log of one tenant: pages, exports and the check of its chain. */
@NullMarked
package bulwark.gateway.control.audit;

import org.jspecify.annotations.NullMarked;
