/** What the doctor remembers of a target between visits, outside of everything that it looks at. */
@NullMarked
package bulwark.doctor.memory;

import org.jspecify.annotations.NullMarked;
