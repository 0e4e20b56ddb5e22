package bulwark.kernel.config;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.time.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings of one part: process environment over {@code .env} in a directory, over a YAML file where the part has one, over defaults. All faults are reported at once.
 * Unknown names with the schema's prefix: an error in a file; in the environment an error when a near miss of a known
 * name, else a warning; the shapes that Kubernetes injects for services are ignored. An empty value counts as unset.
 * Immutable.
 */
public final class Configuration {
    private final Map<String, Setting> settings;
    private final Map<String, Value> values;
    private final Map<String, SecretBytes> secrets;
    private final List<String> warnings;
    private final List<String> unusableSecrets;

    private Configuration(Schema schema, ConfigurationReader reader, List<String> warnings) {
        this.settings = schema.settings().stream().collect(Collectors.toMap(Setting::name, s -> s));
        this.values = Map.copyOf(reader.values);
        this.secrets = Map.copyOf(reader.secrets);
        this.warnings = warnings;
        this.unusableSecrets = List.copyOf(reader.unusableSecrets);
    }

    /** Why secrets that were given are not among the values, a sentence each: a command that would go on without them does something else than was meant. */
    public List<String> unusableSecrets() {
        return unusableSecrets;
    }

    /** @throws ConfigurationRefused listing every problem */
    public static Configuration read(Schema schema, Map<String, String> environment, Path directory) {
        Inspection inspection = inspect(schema, environment, directory);
        if (!inspection.problems().isEmpty()) {
            throw new ConfigurationRefused(inspection.problems());
        }
        return inspection.configuration();
    }

    /** As {@link #read}, for whoever wants to see the settings although they are refused. Faulty values are left out. */
    public static Inspection inspect(Schema schema, Map<String, String> environment, Path directory) {
        ConfigurationReader reader = new ConfigurationReader(schema, environment, directory);
        reader.run(false);
        Configuration values = new Configuration(schema, reader, List.of());
        SettingFindings findings = new SettingFindings();
        if (reader.problems.isEmpty() || schema.rules().runsBesideFaults()) {
            schema.rules().check(values, findings);
            findings.dropReported(reader.problems);
        }
        new SupportCheck(schema.settings()).check(values, findings);
        return new Inspection(
                new Configuration(schema, reader, joined(reader.warnings, findings.warnings)),
                joined(reader.problems, findings.refusals));
    }

    /**
     * For client commands: reads what it can. A faulty value is left out with a warning; unknown names are not looked at, and what a service would refuse is none
     * of a command's business.
     */
    public static Configuration readLenient(Schema schema, Map<String, String> environment, Path directory) {
        ConfigurationReader reader = new ConfigurationReader(schema, environment, directory);
        reader.run(true);
        List<String> ignored =
                reader.problems.stream().map(p -> p + " (ignored)").toList();
        return new Configuration(schema, reader, joined(reader.warnings, ignored));
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** The value or its default; empty string when unset. A {@link Setting.Kind#CHOICE} in lower case, however it was typed. */
    public String text(String name) {
        Setting setting = setting(name);
        if (setting.secret()) {
            throw new IllegalArgumentException(name + " is a secret");
        }
        Value value = values.get(name);
        String fallback = setting.defaultValue();
        String text = value != null ? value.text() : fallback == null ? "" : fallback;
        return setting.kind() == Setting.Kind.CHOICE ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** Given by the environment or the file, not by the default. */
    public boolean isSet(String name) {
        return values.containsKey(setting(name).name());
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

    /** Zero when unset and without a default. */
    public Duration duration(String name) {
        String text = text(name);
        return text.isEmpty() ? Duration.ZERO : Durations.parse(text);
    }

    /** False when unset and without a default. */
    public boolean flag(String name) {
        return SettingValues.isTrue(text(name));
    }

    /** 0 when unset and without a default. */
    public int port(String name) {
        return Math.toIntExact(count(name));
    }

    /** Without blanks around the elements and without empty ones. */
    public List<String> list(String name) {
        return SettingValues.list(text(name));
    }

    public Optional<SecretBytes> secret(String name) {
        if (!setting(name).secret()) {
            throw new IllegalArgumentException(name + " is not a secret");
        }
        return Optional.ofNullable(secrets.get(name));
    }

    /** Sentences for the start-up log. */
    public List<String> warnings() {
        return warnings;
    }

    /** Every setting that is carried out, and every other one that is set, by name. */
    public List<EffectiveSetting> effective() {
        return settings.values().stream()
                .filter(setting -> setting.support() == Setting.Support.SUPPORTED || values.containsKey(setting.name()))
                .sorted(Comparator.comparing(Setting::name))
                .map(this::effective)
                .toList();
    }

    private EffectiveSetting effective(Setting setting) {
        Value value = values.get(setting.name());
        String shown = value == null && setting.defaultValue() == null
                ? ""
                : setting.secret() ? "[secret]" : PrintableText.of(text(setting.name()));
        String source = value != null ? value.source() : setting.defaultValue() == null ? "unset" : "default";
        return new EffectiveSetting(setting.name(), shown, source, setting.purpose());
    }

    private Setting setting(String name) {
        Setting setting = settings.get(name);
        if (setting == null) {
            throw new IllegalArgumentException(name + " is not in the schema");
        }
        return setting;
    }

    /** @param source {@code environment}, {@code .env}, the YAML file or the name of the pointing variable */
    record Value(String text, String source) {}

    /**
     * The known names of one part, and what they mean together.
     *
     * @param yamlFiles where a file in YAML may lie, relative to the directory or absolute: the first that is there is read, under {@code .env} and over the defaults
     */
    public record Schema(String prefix, List<Setting> settings, SettingRules rules, List<Path> yamlFiles) {
        public Schema {
            yamlFiles = List.copyOf(yamlFiles);
        }

        public Schema(String prefix, List<Setting> settings, SettingRules rules) {
            this(prefix, settings, rules, List.of());
        }

        public Schema(String prefix, List<Setting> settings) {
            this(prefix, settings, SettingRules.NONE);
        }

        public Schema withYamlFiles(Path... files) {
            return new Schema(prefix, settings, rules, List.of(files));
        }
    }

    /**
     * @param configuration without the faulty values
     * @param problems one sentence each; a service starts only when there are none
     */
    public record Inspection(Configuration configuration, List<String> problems) {}

    /** Every problem, one sentence each. */
    public static final class ConfigurationRefused extends OperatorError {
        public ConfigurationRefused(List<String> problems) {
            super(ExitCode.SETTINGS, problems, null);
        }
    }
}
