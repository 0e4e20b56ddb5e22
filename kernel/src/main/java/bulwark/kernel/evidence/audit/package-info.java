/** The audit log of a store: chained rows, the rows that they vouch for, and how both are proven. */
@NullMarked
package bulwark.kernel.evidence.audit;

import org.jspecify.annotations.NullMarked;
