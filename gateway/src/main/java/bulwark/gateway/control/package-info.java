/** The control plane as a process of its own: what it is made of, and what an operator can set. */
@NullMarked
package bulwark.gateway.control;

import org.jspecify.annotations.NullMarked;
