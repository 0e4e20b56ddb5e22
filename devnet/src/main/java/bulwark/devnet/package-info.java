/** A chain on this machine for people who try seats: two execution clients, the consensus layer that drives them, the contracts, and everything that a service and its signer need; never part of the program. */
@NullMarked
package bulwark.devnet;

import org.jspecify.annotations.NullMarked;
