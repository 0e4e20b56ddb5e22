/** Mutual TLS 1.3 whose keys and trust are reloaded from files. */
@NullMarked
package bulwark.kernel.tls;

import org.jspecify.annotations.NullMarked;
