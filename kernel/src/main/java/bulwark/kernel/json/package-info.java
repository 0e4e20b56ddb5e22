/** Strict parsing, canonical bytes, and JSON as Python writes it. */
@NullMarked
package bulwark.kernel.json;

import org.jspecify.annotations.NullMarked;
