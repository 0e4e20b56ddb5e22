/** Bundles of evidence: a signed, chained file for each action on the chain, written and synced before anything is sent. */
@NullMarked
package bulwark.seats.evidence;

import org.jspecify.annotations.NullMarked;
