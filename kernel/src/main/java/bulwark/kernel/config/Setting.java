package bulwark.kernel.config;

import org.jspecify.annotations.Nullable;

/**
 * One known name.
 *
 * @param name full name, for instance {@code STIGMEM_DB_PATH}
 * @param fallback the default as text, or null for "unset"
 * @param secret never printed; a {@code NAME_FILE} twin is accepted
 * @param purpose one line for the printed table
 */
public record Setting(String name, Kind kind, @Nullable String fallback, boolean secret, String purpose) {
    public enum Kind {
        TEXT,
        /** Whole number ≥ 0. */
        COUNT,
        NUMBER,
        FLAG,
        PORT,
        /** Comma-separated. */
        LIST
    }
}
