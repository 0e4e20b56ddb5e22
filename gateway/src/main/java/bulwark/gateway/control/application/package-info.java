/** Applications of a tenant: each is a consumer with an OAuth client at the identity provider. */
@NullMarked
package bulwark.gateway.control.application;

import org.jspecify.annotations.NullMarked;
