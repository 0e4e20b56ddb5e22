package bulwark.seats.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The value of {@code DATABASE_URL}. It may hold a password, so that no sentence repeats it. */
public final class DatabaseUrl {
    private static final String EMBEDDED = "sqlite:";

    private DatabaseUrl() {}

    /** The file of an embedded store, relative to the folder of the service. @throws IllegalArgumentException for a value that {@link #problem} refuses */
    public static Path file(String url) {
        if (!url.startsWith(EMBEDDED)) {
            throw new IllegalArgumentException("not an embedded store");
        }
        return Path.of(url.substring(EMBEDDED.length()));
    }

    /** Why this value cannot be used, to stand after the name of the setting. */
    public static Optional<String> problem(String url) {
        String scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "postgresql", "postgres" ->
                Optional.of("names PostgreSQL, which is not supported yet: use sqlite:seats.db, one process and one"
                        + " file");
            case "sqlite" -> fileProblem(url.substring(EMBEDDED.length()));
            default -> Optional.of("must be sqlite:PATH, for instance sqlite:seats.db");
        };
    }

    private static Optional<String> fileProblem(String path) {
        try {
            boolean named = !path.isBlank()
                    && !path.startsWith("//")
                    && !path.contains("?")
                    && Path.of(path).getFileName() != null;
            return named ? Optional.empty() : Optional.of("must name a file: sqlite:seats.db or sqlite:/srv/seats.db");
        } catch (InvalidPathException e) {
            return Optional.of("must name a file: sqlite:seats.db or sqlite:/srv/seats.db");
        }
    }
}
