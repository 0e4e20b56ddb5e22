/** The task store that needs no server: one SQLite file, one process that holds it, all others through that one's local socket. */
@NullMarked
package bulwark.tasks.embedded;

import org.jspecify.annotations.NullMarked;
