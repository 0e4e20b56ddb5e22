/** HTTP/2 (RFC 9113) at the edge of the data plane: header lists become heads of HTTP/1.1, so that one reader checks both versions, and frames that cost much and carry nothing are counted. */
@NullMarked
package bulwark.gateway.http2;

import org.jspecify.annotations.NullMarked;
