/** The fact node as a part of the program: its process, its folder under {@code up}, and its commands under the name that its documents use, {@code stigmem}. */
@NullMarked
package bulwark.app.stigmem;

import org.jspecify.annotations.NullMarked;
