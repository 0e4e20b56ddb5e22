/** One visit: every selected probe on a thread of its own, with a deadline each and one for all. */
@NullMarked
package bulwark.doctor.run;

import org.jspecify.annotations.NullMarked;
