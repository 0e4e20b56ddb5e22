/** Faults that are planted into a running deployment, and what the doctor says of each. */
@NullMarked
package bulwark.acceptance.doctor;

import org.jspecify.annotations.NullMarked;
