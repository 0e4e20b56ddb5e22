/** Where a deployment answers: addresses, processes and folders, found in a state folder or read from a file. */
@NullMarked
package bulwark.doctor.target;

import org.jspecify.annotations.NullMarked;
