/** The certificate authority of a tenant: it signs what its consumers ask for, and takes it back. */
@NullMarked
package bulwark.gateway.control.authority;

import org.jspecify.annotations.NullMarked;
