/** Roles as the table has them, and service accounts. */
@NullMarked
package bulwark.gateway.control.account;

import org.jspecify.annotations.NullMarked;
