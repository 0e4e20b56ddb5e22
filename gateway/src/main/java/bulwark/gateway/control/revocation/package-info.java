/** Tokens that no gateway accepts any more. */
@NullMarked
package bulwark.gateway.control.revocation;

import org.jspecify.annotations.NullMarked;
