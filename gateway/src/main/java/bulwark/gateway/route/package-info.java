/** Which API a request is for: the routes, their one form in JSON, and the table that finds them by path. */
@NullMarked
package bulwark.gateway.route;

import org.jspecify.annotations.NullMarked;
