/** SQLite with one writer thread, group commit, and migrations. */
@NullMarked
package bulwark.kernel.storage;

import org.jspecify.annotations.NullMarked;
