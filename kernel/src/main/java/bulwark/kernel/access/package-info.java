/** Principals, API keys, and the decision whether a principal has a permission. */
@NullMarked
package bulwark.kernel.access;

import org.jspecify.annotations.NullMarked;
