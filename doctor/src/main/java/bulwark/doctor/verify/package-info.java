/** Judges bundles by a policy file alone, without a connection: which doctor saw what, when, under which keys. */
@NullMarked
package bulwark.doctor.verify;

import org.jspecify.annotations.NullMarked;
