/** A tenant as one file: written here, read there, all of it or nothing. */
@NullMarked
package bulwark.gateway.control.transfer;

import org.jspecify.annotations.NullMarked;
