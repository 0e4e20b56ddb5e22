/** Policies and what they are bound to, as they are stored. */
@NullMarked
package bulwark.gateway.control.policy;

import org.jspecify.annotations.NullMarked;
