/** A store together with everything that vouches for it, as a part opens it. */
@NullMarked
package bulwark.kernel.evidence.store;

import org.jspecify.annotations.NullMarked;
