/** What must come with a credential so that a copy of it is worth nothing: client certificates (RFC 8705) and proofs of possession (RFC 9449). */
@NullMarked
package bulwark.gateway.possession;

import org.jspecify.annotations.NullMarked;
