@NullMarked
package bulwark.bench;

import org.jspecify.annotations.NullMarked;
