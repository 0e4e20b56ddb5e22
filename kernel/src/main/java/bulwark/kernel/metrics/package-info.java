/** The Prometheus registry of one process, with bounded labels. */
@NullMarked
package bulwark.kernel.metrics;

import org.jspecify.annotations.NullMarked;
