/** The decision journal: records that are too many for rows of SQL, in append-only segments whose batches are chained by hash and synced together. */
@NullMarked
package bulwark.kernel.evidence.journal;

import org.jspecify.annotations.NullMarked;
