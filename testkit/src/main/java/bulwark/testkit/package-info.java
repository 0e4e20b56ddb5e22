@NullMarked
package bulwark.testkit;

import org.jspecify.annotations.NullMarked;
