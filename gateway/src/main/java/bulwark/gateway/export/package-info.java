/** The same routes, headers and TLS floor as a configuration of another proxy. */
@NullMarked
package bulwark.gateway.export;

import org.jspecify.annotations.NullMarked;
