@NullMarked
package bulwark.kernel.storage;

import org.jspecify.annotations.NullMarked;
