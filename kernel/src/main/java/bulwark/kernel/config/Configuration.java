package bulwark.kernel.config;

import bulwark.kernel.keys.SecretBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings of one part: process environment over {@code .env} in a directory over defaults. All faults are reported at once.
 * Unknown names with the schema's prefix: an error in the file; in the environment an error when a near miss of a known
 * name, else a warning; the shapes that Kubernetes injects for services are ignored. An empty value counts as unset.
 * Immutable.
 */
public final class Configuration {
    private final Map<String, Setting> settings;
    private final Map<String, Value> values;
    private final Map<String, SecretBytes> secrets;
    private final List<String> warnings;

    private Configuration(Schema schema, ConfigurationReader reader, List<String> warnings) {
        this.settings = schema.settings().stream().collect(Collectors.toMap(Setting::name, s -> s));
        this.values = Map.copyOf(reader.values);
        this.secrets = Map.copyOf(reader.secrets);
        this.warnings = warnings;
    }

    /** @throws ConfigurationRefused listing every problem */
    public static Configuration read(Schema schema, Map<String, String> environment, Path directory) {
        ConfigurationReader reader = new ConfigurationReader(schema, environment, directory);
        reader.run(false);
        if (!reader.problems.isEmpty()) {
            throw new ConfigurationRefused(reader.problems);
        }
        return new Configuration(schema, reader, List.copyOf(reader.warnings));
    }

    /** For client commands: reads what it can. A faulty value is left out with a warning; unknown names are not looked at. */
    public static Configuration readLenient(Schema schema, Map<String, String> environment, Path directory) {
        ConfigurationReader reader = new ConfigurationReader(schema, environment, directory);
        reader.run(true);
        List<String> warnings = Stream.concat(
                        reader.warnings.stream(), reader.problems.stream().map(p -> p + " (ignored)"))
                .toList();
        return new Configuration(schema, reader, warnings);
    }

    /** The value or its default; empty string when unset. */
    public String text(String name) {
        Setting setting = known(name);
        if (setting.secret()) {
            throw new IllegalArgumentException(name + " is a secret");
        }
        Value value = values.get(name);
        String fallback = setting.fallback();
        return value != null ? value.text() : fallback == null ? "" : fallback;
    }

    /** Given by the environment or the file, not by the default. */
    public boolean isSet(String name) {
        return values.containsKey(known(name).name());
    }

    /** 0 when unset and without a default. */
    public long count(String name) {
        String text = text(name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** 0 when unset and without a default. */
    public double number(String name) {
        String text = text(name);
        return text.isEmpty() ? 0 : Double.parseDouble(text);
    }

    /** False when unset and without a default. */
    public boolean flag(String name) {
        return Values.isTrue(text(name));
    }

    /** 0 when unset and without a default. */
    public int port(String name) {
        return Math.toIntExact(count(name));
    }

    /** Without blanks around the elements and without empty ones. */
    public List<String> list(String name) {
        return Values.list(text(name));
    }

    public Optional<SecretBytes> secret(String name) {
        if (!known(name).secret()) {
            throw new IllegalArgumentException(name + " is not a secret");
        }
        return Optional.ofNullable(secrets.get(name));
    }

    /** Sentences for the start-up log. */
    public List<String> warnings() {
        return warnings;
    }

    /** One line for each setting that is set or has a default: name, value (secrets hidden), where it came from. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        settings.values().stream().map(Setting::name).sorted().forEach(name -> {
            Setting setting = known(name);
            Value value = values.get(name);
            if (value != null || setting.fallback() != null) {
                String shown = setting.secret() ? "[secret]" : Values.printable(text(name));
                lines.add(name + " = " + shown + "  (" + (value == null ? "default" : value.source()) + ")");
            }
        });
        return List.copyOf(lines);
    }

    private Setting known(String name) {
        Setting setting = settings.get(name);
        if (setting == null) {
            throw new IllegalArgumentException(name + " is not in the schema");
        }
        return setting;
    }

    /** @param source {@code environment}, {@code .env} or the name of the pointing variable */
    record Value(String text, String source) {}

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
