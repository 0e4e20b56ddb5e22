/** Consensus clients by their labels, over the beacon API. Every answer is hostile until it was read. */
@NullMarked
package bulwark.seats.beacon;

import org.jspecify.annotations.NullMarked;
