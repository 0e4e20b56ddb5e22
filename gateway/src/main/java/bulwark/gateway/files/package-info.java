/** Routes as files in a folder: read, written and compared. */
@NullMarked
package bulwark.gateway.files;

import org.jspecify.annotations.NullMarked;
