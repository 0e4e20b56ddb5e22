/**
 * Processes of this machine and the files by which they know each other: who is at the other end of a local socket, how a child is
 * kept from more rights than it was born with, run files, PID files, and how all state is made its owner's alone.
 */
@NullMarked
package bulwark.kernel.process;

import org.jspecify.annotations.NullMarked;
