/** What can be observed of a tenant's security, as a score and beside the rows of DORA and NIS2: each word follows from evidence that stands beside it. */
@NullMarked
package bulwark.gateway.control.posture;

import org.jspecify.annotations.NullMarked;
