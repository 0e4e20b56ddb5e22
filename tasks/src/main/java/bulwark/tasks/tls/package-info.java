/** The certificates of a Redis with mutual TLS. */
@NullMarked
package bulwark.tasks.tls;

import org.jspecify.annotations.NullMarked;
