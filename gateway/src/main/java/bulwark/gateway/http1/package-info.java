/**
 * HTTP/1.1 heads and bodies as bytes (RFC 9112): read strictly into offsets, written without strings. What could be read in two ways is refused.
 */
@NullMarked
package bulwark.gateway.http1;

import org.jspecify.annotations.NullMarked;
