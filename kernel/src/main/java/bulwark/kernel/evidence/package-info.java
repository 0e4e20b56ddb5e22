/** Audit log, transparency log, and the outbox that carries effects out after their commit. */
@NullMarked
package bulwark.kernel.evidence;

import org.jspecify.annotations.NullMarked;
