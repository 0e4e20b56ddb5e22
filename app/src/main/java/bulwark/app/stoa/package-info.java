/** The gateway's commands, and its place in {@code up}. */
@NullMarked
package bulwark.app.stoa;

import org.jspecify.annotations.NullMarked;
