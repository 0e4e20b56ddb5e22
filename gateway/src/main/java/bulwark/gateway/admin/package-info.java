/** The admin API: routes and what belongs to them are changed and looked at by an operator who bears the admin token. Each call leaves an audit row. */
@NullMarked
package bulwark.gateway.admin;

import org.jspecify.annotations.NullMarked;
