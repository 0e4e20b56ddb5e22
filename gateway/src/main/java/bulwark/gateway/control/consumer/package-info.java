/** Consumers of a tenant's APIs, and the end of their keys and certificates. */
@NullMarked
package bulwark.gateway.control.consumer;

import org.jspecify.annotations.NullMarked;
