/** Certificates of a tenant's consumers: those that its own authority signs for them, and those that they bring along. */
@NullMarked
package bulwark.gateway.control.authority;

import org.jspecify.annotations.NullMarked;
