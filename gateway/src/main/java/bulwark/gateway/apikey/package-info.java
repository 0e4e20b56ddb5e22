/** API keys of consumers: made once, kept as a digest, rotated with a grace, gone within a second. */
@NullMarked
package bulwark.gateway.apikey;

import org.jspecify.annotations.NullMarked;
