/** Signed exports of audit tables and their offline verification. */
@NullMarked
package bulwark.facts.export;

import org.jspecify.annotations.NullMarked;
