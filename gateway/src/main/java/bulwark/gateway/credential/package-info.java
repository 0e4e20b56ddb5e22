/** The gateway's own credentials towards backends: kept encrypted, shown never again, and put on calls in place of the caller's. */
@NullMarked
package bulwark.gateway.credential;

import org.jspecify.annotations.NullMarked;
