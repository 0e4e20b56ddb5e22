/** The program: its entry point and the commands of all parts. */
@NullMarked
package bulwark.app;

import org.jspecify.annotations.NullMarked;
