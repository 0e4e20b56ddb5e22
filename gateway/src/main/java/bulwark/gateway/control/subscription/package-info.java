/** Subscriptions of consumers to APIs, with their keys and approval. */
@NullMarked
package bulwark.gateway.control.subscription;

import org.jspecify.annotations.NullMarked;
