@NullMarked
package bulwark.kernel.keys;

import org.jspecify.annotations.NullMarked;
