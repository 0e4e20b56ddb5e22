/** What a visit saw as a signed statement in a Sigstore bundle, with its place in a transparency log. */
@NullMarked
package bulwark.doctor.bundle;

import org.jspecify.annotations.NullMarked;
