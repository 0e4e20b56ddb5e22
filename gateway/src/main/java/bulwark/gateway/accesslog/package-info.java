/** The access log: one line of JSON for each call, written beside the calls and never in their way. */
@NullMarked
package bulwark.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
