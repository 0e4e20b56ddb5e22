@NullMarked
package bulwark.kernel.config;

import org.jspecify.annotations.NullMarked;
