/** Secrets of the settings and of the folder of secrets, as they are now. */
@NullMarked
package bulwark.gateway.secret;

import org.jspecify.annotations.NullMarked;
