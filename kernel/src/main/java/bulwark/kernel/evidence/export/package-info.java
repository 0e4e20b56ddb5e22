/** Signed exports of audit tables, each chained to the one before, and their verification without the store. */
@NullMarked
package bulwark.kernel.evidence.export;

import org.jspecify.annotations.NullMarked;
