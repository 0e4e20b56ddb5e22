/** Deliveries that a worker holds under a lease: what is in flight, and how leases are renewed. */
@NullMarked
package bulwark.tasks.lease;

import org.jspecify.annotations.NullMarked;
