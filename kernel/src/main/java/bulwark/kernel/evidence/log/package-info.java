/** The transparency log: a local file, Rekor, or none. */
@NullMarked
package bulwark.kernel.evidence.log;

import org.jspecify.annotations.NullMarked;
