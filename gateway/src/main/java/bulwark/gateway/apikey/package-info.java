/** API keys, certificates and application tokens of consumers: keys are made once, kept as a digest, rotated with a grace; each is gone within a second. */
@NullMarked
package bulwark.gateway.apikey;

import org.jspecify.annotations.NullMarked;
