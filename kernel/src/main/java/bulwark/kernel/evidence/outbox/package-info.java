/** Effects that are committed with their cause and carried out after it, and the one that submits payloads to the log. */
@NullMarked
package bulwark.kernel.evidence.outbox;

import org.jspecify.annotations.NullMarked;
