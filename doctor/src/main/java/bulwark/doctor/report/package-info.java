/** What a visit saw, as a table for people and as JSON for programs. */
@NullMarked
package bulwark.doctor.report;

import org.jspecify.annotations.NullMarked;
