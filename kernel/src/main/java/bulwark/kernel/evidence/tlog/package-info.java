/** Transparency logs in the forms of C2SP: Merkle tree, checkpoints, cosignatures, proofs, tiles and trust policies. Knows no file and no store. */
@NullMarked
package bulwark.kernel.evidence.tlog;

import org.jspecify.annotations.NullMarked;
