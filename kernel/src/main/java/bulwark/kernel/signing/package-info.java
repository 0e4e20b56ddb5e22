@NullMarked
package bulwark.kernel.signing;

import org.jspecify.annotations.NullMarked;
