/** How the control plane's operations are declared: from one table follow the routes, the checks of bodies and tenants, and the OpenAPI document. */
@NullMarked
package bulwark.gateway.control.rest;

import org.jspecify.annotations.NullMarked;
