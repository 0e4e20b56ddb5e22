/** Figures of the doctor: a visit to a running deployment, and bundles that are verified. */
@NullMarked
package bulwark.bench.doctor;

import org.jspecify.annotations.NullMarked;
