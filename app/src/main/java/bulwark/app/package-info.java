/** The program: its entry point, the commands of the node, and the supervisor that starts every part. */
@NullMarked
package bulwark.app;

import org.jspecify.annotations.NullMarked;
