/** Timestamps on the wire, and a clock that tests can set. */
@NullMarked
package bulwark.kernel.time;

import org.jspecify.annotations.NullMarked;
