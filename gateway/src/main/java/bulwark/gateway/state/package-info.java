/** The store of a gateway: its file, its tables and its audit log. */
@NullMarked
package bulwark.gateway.state;

import org.jspecify.annotations.NullMarked;
