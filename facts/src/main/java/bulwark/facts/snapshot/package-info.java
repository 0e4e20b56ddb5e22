/** Signed snapshots of the store: creating, verifying and restoring them. */
@NullMarked
package bulwark.facts.snapshot;

import org.jspecify.annotations.NullMarked;
