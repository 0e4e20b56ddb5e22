@NullMarked
package bulwark.kernel.quota;

import org.jspecify.annotations.NullMarked;
