/** Signed heads of the chains of a store: the log keys that sign them, the files that keep the newest, and the comparison of a store with them. */
@NullMarked
package bulwark.kernel.evidence.heads;

import org.jspecify.annotations.NullMarked;
