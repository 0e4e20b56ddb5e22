/** Signing keys of envelopes, and the check that comes before anything else looks at one. */
@NullMarked
package bulwark.tasks.signing;

import org.jspecify.annotations.NullMarked;
