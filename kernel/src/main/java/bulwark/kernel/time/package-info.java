@NullMarked
package bulwark.kernel.time;

import org.jspecify.annotations.NullMarked;
