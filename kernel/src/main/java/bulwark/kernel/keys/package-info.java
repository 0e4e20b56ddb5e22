/** Seed files, and key rings with a status and window for each key. */
@NullMarked
package bulwark.kernel.keys;

import org.jspecify.annotations.NullMarked;
