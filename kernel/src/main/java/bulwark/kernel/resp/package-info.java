/** Replies of servers that speak RESP, bounded while they arrive. */
@NullMarked
package bulwark.kernel.resp;

import org.jspecify.annotations.NullMarked;
