/** Plans, which say how much a subscription may call. */
@NullMarked
package bulwark.gateway.control.plan;

import org.jspecify.annotations.NullMarked;
