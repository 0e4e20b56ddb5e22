@NullMarked
package bulwark.kernel.access;

import org.jspecify.annotations.NullMarked;
