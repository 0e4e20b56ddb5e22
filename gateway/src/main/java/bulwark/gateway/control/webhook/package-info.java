/** Tells the receivers that a tenant names of what changed: signed, again until it is taken, and kept as a dead letter when it never is. */
@NullMarked
package bulwark.gateway.control.webhook;

import org.jspecify.annotations.NullMarked;
