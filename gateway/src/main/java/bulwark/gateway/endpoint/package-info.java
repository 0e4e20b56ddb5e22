/** What the gateway answers itself and never forwards: health, metrics, and paths that another package of it registers, such as the admin API. */
@NullMarked
package bulwark.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
