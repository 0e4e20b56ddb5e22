/** Secret bytes that show themselves only to who holds the permit, and the refusal of a key or secret that cannot be used. */
@NullMarked
package bulwark.kernel.secrets;

import org.jspecify.annotations.NullMarked;
