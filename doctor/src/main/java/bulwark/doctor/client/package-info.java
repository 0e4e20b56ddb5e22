/** How probes ask: counted and marked requests, handshakes and raw bytes, each bounded in time and size. */
@NullMarked
package bulwark.doctor.client;

import org.jspecify.annotations.NullMarked;
