/** Findings that somebody answers for until a day that the file names. */
@NullMarked
package bulwark.doctor.waiver;

import org.jspecify.annotations.NullMarked;
