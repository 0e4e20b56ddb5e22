/** Settings from environment and file, each declared, checked and described. */
@NullMarked
package bulwark.kernel.config;

import org.jspecify.annotations.NullMarked;
