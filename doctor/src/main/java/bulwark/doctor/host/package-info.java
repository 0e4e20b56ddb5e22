/** Probes of processes, files, sockets and listeners, which every deployment has. */
@NullMarked
package bulwark.doctor.host;

import org.jspecify.annotations.NullMarked;
