/** Who calls: access tokens and where their keys come from, what was verified already, and what was revoked. */
@NullMarked
package bulwark.gateway.identity;

import org.jspecify.annotations.NullMarked;
