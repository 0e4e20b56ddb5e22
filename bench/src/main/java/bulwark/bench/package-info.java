/** Measures every figure that the documents quote. */
@NullMarked
package bulwark.bench;

import org.jspecify.annotations.NullMarked;
