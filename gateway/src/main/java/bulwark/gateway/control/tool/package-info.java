/** Which tools of agents a tenant permits to whom. */
@NullMarked
package bulwark.gateway.control.tool;

import org.jspecify.annotations.NullMarked;
