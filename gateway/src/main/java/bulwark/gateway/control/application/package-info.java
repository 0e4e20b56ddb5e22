/** What a tenant has at the identity provider: applications, each a consumer with an OAuth client, and the group of its people. */
@NullMarked
package bulwark.gateway.control.application;

import org.jspecify.annotations.NullMarked;
