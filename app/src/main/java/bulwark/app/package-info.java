/** The program: its entry point, the list of its parts, and the commands of the node. */
@NullMarked
package bulwark.app;

import org.jspecify.annotations.NullMarked;
