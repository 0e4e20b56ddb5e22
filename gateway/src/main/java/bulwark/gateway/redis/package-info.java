/** The Redis that gateways share: its address and its connections. */
@NullMarked
package bulwark.gateway.redis;

import org.jspecify.annotations.NullMarked;
