/** Processes of this machine: who is at the other end of a local socket, and how a child is kept from more rights than it was born with. */
@NullMarked
package bulwark.kernel.process;

import org.jspecify.annotations.NullMarked;
