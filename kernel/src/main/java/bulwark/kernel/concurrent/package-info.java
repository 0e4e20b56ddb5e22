/** Threads that a process cannot do without, and pauses between tries. */
@NullMarked
package bulwark.kernel.concurrent;

import org.jspecify.annotations.NullMarked;
