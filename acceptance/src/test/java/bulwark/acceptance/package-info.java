/** The documents run word for word, and the node driven from outside, on real sockets. */
@NullMarked
package bulwark.acceptance;

import org.jspecify.annotations.NullMarked;
