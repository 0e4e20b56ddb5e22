/** Capability tokens: issuing, verifying and revoking them. */
@NullMarked
package bulwark.facts.capability;

import org.jspecify.annotations.NullMarked;
