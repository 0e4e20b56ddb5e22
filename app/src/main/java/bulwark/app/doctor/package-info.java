/** The command {@code bulwark doctor}: which deployment, which probes, and how the report is shown. */
@NullMarked
package bulwark.app.doctor;

import org.jspecify.annotations.NullMarked;
