/** What one look at a running deployment is: its description, and what it observed beside what it expected. */
@NullMarked
package bulwark.doctor.probe;

import org.jspecify.annotations.NullMarked;
