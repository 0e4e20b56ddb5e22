package bulwark.kernel.config;

import bulwark.kernel.keys.SecretBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of one part: process environment over {@code .env} in a directory over defaults. All faults are reported at once.
 * Unknown names with the schema's prefix: an error in the file; in the environment an error when a near miss of a known
 * name, else a warning; the shapes that Kubernetes injects for services are ignored. Immutable.
 */
public final class Configuration {
    private Configuration() {}

    /** @throws ConfigurationRefused listing every problem */
    public static Configuration read(Schema schema, Map<String, String> environment, Path directory) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** For client commands: reads what it can, never refuses for unknown names. */
    public static Configuration readLenient(Schema schema, Map<String, String> environment, Path directory) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** The value or its default; empty string when unset. */
    public String text(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public boolean isSet(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public long count(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public double number(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public boolean flag(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public int port(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public List<String> list(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Optional<SecretBytes> secret(String name) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Sentences for the start-up log. */
    public List<String> warnings() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** One line for each setting that is set or has a default: name, value (secrets hidden), where it came from. */
    public List<String> describe() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** The known names of one part. */
    public record Schema(String prefix, List<Setting> settings) {}

    /** Every problem, one sentence each. */
    public static final class ConfigurationRefused extends RuntimeException {
        private final List<String> problems;

        public ConfigurationRefused(List<String> problems) {
            super(String.join(System.lineSeparator(), problems));
            this.problems = List.copyOf(problems);
        }

        public List<String> problems() {
            return problems;
        }
    }
}
