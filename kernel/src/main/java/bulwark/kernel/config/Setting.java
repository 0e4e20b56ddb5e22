package bulwark.kernel.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One known name.
 *
 * @param name full name, for instance {@code STIGMEM_DB_PATH}
 * @param fallback the default as text, or null for "unset"
 * @param secret never printed; a {@code NAME_FILE} twin is accepted
 * @param purpose one line for the printed table
 * @param support what this program does with a value other than the default
 * @param choices the words of a {@link Kind#CHOICE}, otherwise empty
 */
public record Setting(
        String name,
        Kind kind,
        @Nullable String defaultValue,
        boolean secret,
        String purpose,
        Support support,
        List<String> choices) {
    public enum Kind {
        TEXT,
        /** A file or folder. */
        PATH,
        /** Whole number ≥ 0. */
        COUNT,
        NUMBER,
        FLAG,
        PORT,
        /** Comma-separated. */
        LIST,
        /** As {@link bulwark.kernel.time.Durations} reads it. */
        DURATION,
        /** One of several words, in either case. */
        CHOICE
    }

    public enum Support {
        /** Carried out. */
        SUPPORTED,
        /** Accepted with a warning that it has no effect: nobody relies on it. */
        IGNORED,
        /** Refused as "not supported yet": somebody may rely on it. */
        REFUSED
    }

    public Setting(String name, Kind kind, @Nullable String fallback, boolean secret, String purpose) {
        this(name, kind, fallback, secret, purpose, Support.SUPPORTED, List.of());
    }
}
