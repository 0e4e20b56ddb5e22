/** What people who run the service look at: the audit log, the dashboard, and the switches of the allowlist. */
@NullMarked
package bulwark.seats.operation;

import org.jspecify.annotations.NullMarked;
