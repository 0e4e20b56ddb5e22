/** Who may do what: roles, permissions and scopes in one table, which the data plane and the control plane both read. */
@NullMarked
package bulwark.gateway.permission;

import org.jspecify.annotations.NullMarked;
