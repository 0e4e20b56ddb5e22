/** The command line of tasks, under the name that its documents use: {@code stem}. */
@NullMarked
package bulwark.app.stem;

import org.jspecify.annotations.NullMarked;
