/** The store of the control plane: objects of tenants, reached through a scope that names the tenant, each change with its audit row. */
@NullMarked
package bulwark.gateway.control.state;

import org.jspecify.annotations.NullMarked;
