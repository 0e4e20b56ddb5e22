@NullMarked
package bulwark.kernel.metrics;

import org.jspecify.annotations.NullMarked;
