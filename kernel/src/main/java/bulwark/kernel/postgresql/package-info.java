/** The store that several processes share: a PostgreSQL database behind {@link bulwark.kernel.storage.Store}. What differs from SQLite stands here alone. */
@NullMarked
package bulwark.kernel.postgresql;

import org.jspecify.annotations.NullMarked;
