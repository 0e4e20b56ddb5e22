/** What subscriptions may call, beside what gateways say that they called. */
@NullMarked
package bulwark.gateway.control.quota;

import org.jspecify.annotations.NullMarked;
