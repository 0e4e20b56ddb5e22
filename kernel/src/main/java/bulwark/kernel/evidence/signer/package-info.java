/** Opens the evidence of a store, signs its heads while it is in use, and replaces its log key. */
@NullMarked
package bulwark.kernel.evidence.signer;

import org.jspecify.annotations.NullMarked;
