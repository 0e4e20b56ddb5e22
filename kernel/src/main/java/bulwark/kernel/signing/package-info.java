/** Signatures, hashes, certificates: the only package that names a cryptographic provider. */
@NullMarked
package bulwark.kernel.signing;

import org.jspecify.annotations.NullMarked;
