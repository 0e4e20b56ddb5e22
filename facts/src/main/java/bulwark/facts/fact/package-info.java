/** Facts: asserting, reading, contradicting, retracting, and their storage. */
@NullMarked
package bulwark.facts.fact;

import org.jspecify.annotations.NullMarked;
