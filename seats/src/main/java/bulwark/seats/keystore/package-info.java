/** Keys of validators as other programs keep them: mnemonics (BIP-39), paths (EIP-2334) and encrypted files (EIP-2335). For the process of the signer alone. */
@NullMarked
package bulwark.seats.keystore;

import org.jspecify.annotations.NullMarked;
