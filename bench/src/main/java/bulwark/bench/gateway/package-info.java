/** The gateway beside HAProxy and nginx: CPU time per request, memory, and what each control costs. */
@NullMarked
package bulwark.bench.gateway;

import org.jspecify.annotations.NullMarked;
