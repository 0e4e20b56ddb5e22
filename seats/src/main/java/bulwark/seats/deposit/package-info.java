/** Deposit data: the file that an operator hands over, the roots and the signature in it, and every reason to refuse it. */
@NullMarked
package bulwark.seats.deposit;

import org.jspecify.annotations.NullMarked;
