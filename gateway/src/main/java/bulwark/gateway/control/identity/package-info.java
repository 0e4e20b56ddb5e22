/** Who calls the control plane: bearers of access tokens, the operator's key, service accounts, subscriptions and gateways by their keys, and the administrators that the operator named. */
@NullMarked
package bulwark.gateway.control.identity;

import org.jspecify.annotations.NullMarked;
