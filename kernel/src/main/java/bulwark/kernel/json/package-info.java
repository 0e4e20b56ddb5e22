@NullMarked
package bulwark.kernel.json;

import org.jspecify.annotations.NullMarked;
