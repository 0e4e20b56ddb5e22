/** Sends approved plans: one owner of the nonce, bytes that are signed once, evidence before every broadcast, and a chain that is compared with the rows in both directions. */
@NullMarked
package bulwark.seats.send;

import org.jspecify.annotations.NullMarked;
