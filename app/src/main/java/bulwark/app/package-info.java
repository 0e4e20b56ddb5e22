@NullMarked
package bulwark.app;

import org.jspecify.annotations.NullMarked;
