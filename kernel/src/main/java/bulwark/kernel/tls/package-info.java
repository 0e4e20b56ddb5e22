@NullMarked
package bulwark.kernel.tls;

import org.jspecify.annotations.NullMarked;
