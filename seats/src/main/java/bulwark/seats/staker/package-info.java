/** Keys of stakers, each bound to wallets, and what they may read. */
@NullMarked
package bulwark.seats.staker;

import org.jspecify.annotations.NullMarked;
