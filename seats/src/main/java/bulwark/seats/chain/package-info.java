/** Execution clients by their labels: what each says, and whether they say the same. Every answer is hostile until it was read. */
@NullMarked
package bulwark.seats.chain;

import org.jspecify.annotations.NullMarked;
