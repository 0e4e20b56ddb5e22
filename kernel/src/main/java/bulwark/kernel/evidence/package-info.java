@NullMarked
package bulwark.kernel.evidence;

import org.jspecify.annotations.NullMarked;
