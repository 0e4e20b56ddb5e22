package bulwark.kernel.config;

import bulwark.kernel.config.Configuration.Schema;
import bulwark.kernel.config.Configuration.Value;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the layers over one another and collects every problem. */
final class ConfigurationReader {
    private static final String FILE = ".env";
    private static final String FILE_SUFFIX = "_FILE";

    private final Schema schema;
    private final Map<String, String> environment;
    private final Path directory;
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> unprefixed = new LinkedHashSet<>();
    final Map<String, Value> values = new LinkedHashMap<>();
    final Map<String, SecretBytes> secrets = new LinkedHashMap<>();
    final List<String> problems = new ArrayList<>();
    /** Those problems for which a secret that was given is left out. */
    final List<String> unusableSecrets = new ArrayList<>();

    final List<String> warnings = new ArrayList<>();

    ConfigurationReader(Schema schema, Map<String, String> environment, Path directory) {
        this.schema = schema;
        this.environment = new TreeMap<>(environment);
        this.directory = directory;
        for (Setting setting : schema.settings()) {
            known.add(setting.name());
            if (setting.secret()) {
                known.add(setting.name() + FILE_SUFFIX);
            }
        }
        known.stream().filter(name -> !isOurs(name)).forEach(unprefixed::add);
    }

    /** @param lenient for clients: unknown names are nobody's business here */
    void run(boolean lenient) {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Layer(FILE, readFile()));
        readYaml().ifPresent(layers::add);
        if (!lenient) {
            layers.forEach(this::unknownInFile);
            unknownInEnvironment();
        }
        for (Setting setting : schema.settings()) {
            if (setting.secret()) {
                secret(setting, layers);
            } else {
                plain(setting, layers);
            }
        }
    }

    private Map<String, String> readFile() {
        Path path = directory.resolve(FILE);
        if (!Files.exists(path)) {
            return Map.of();
        }
        try {
            DotEnv parsed = DotEnv.parse(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
            problems.addAll(parsed.problems());
            return SecretFile.isExposed(path) ? withoutSecrets(parsed.values(), FILE) : parsed.values();
        } catch (IOException e) {
            problems.add(FILE + " cannot be read (" + ConfiguredPath.reason(e) + ")");
            return Map.of();
        }
    }

    private Optional<Layer> readYaml() {
        for (Path candidate : schema.yamlFiles()) {
            Path path = directory.resolve(candidate);
            if (!Files.exists(path)) {
                continue;
            }
            String name = candidate.toString();
            try {
                YamlSettings parsed = YamlSettings.parse(
                        new String(Files.readAllBytes(path), StandardCharsets.UTF_8), schema.prefix(), name);
                problems.addAll(parsed.problems());
                return Optional.of(new Layer(
                        name, SecretFile.isExposed(path) ? withoutSecrets(parsed.values(), name) : parsed.values()));
            } catch (IOException e) {
                problems.add(name + " cannot be read (" + ConfiguredPath.reason(e) + ")");
            }
        }
        return Optional.empty();
    }

    private Map<String, String> withoutSecrets(Map<String, String> values, String file) {
        Map<String, String> rest = new LinkedHashMap<>(values);
        List<String> exposed = schema.settings().stream()
                .filter(Setting::secret)
                .map(Setting::name)
                .filter(name -> !values.getOrDefault(name, "").isEmpty())
                .toList();
        if (!exposed.isEmpty()) {
            unusableSecret(file + " holds secrets (" + String.join(", ", exposed)
                    + ") and can be read by others than its owner: chmod 600 " + file);
            rest.keySet().removeAll(exposed);
        }
        return rest;
    }

    private void unknownInFile(Layer layer) {
        for (String name : new TreeMap<>(layer.values()).keySet()) {
            if ((isOurs(name) || resemblesUnprefixed(name)) && !known.contains(name)) {
                problems.add(name + " in " + layer.name() + " is not a known setting" + suggestion(nearest(name)));
            }
        }
    }

    /** A misspelt name of the few settings that do not begin with the prefix. */
    private boolean resemblesUnprefixed(String name) {
        return NearestName.of(name, unprefixed, schema.prefix())
                .filter(NearestName::isNearMiss)
                .isPresent();
    }

    private void unknownInEnvironment() {
        environment.forEach((name, value) -> {
            boolean concerns = isOurs(name) || resemblesUnprefixed(name);
            if (!concerns || known.contains(name) || ServiceLinks.isOne(name, value)) {
                return;
            }
            Optional<NearestName> nearest = nearest(name);
            String sentence = name + " in the environment is not a known setting";
            if (nearest.filter(NearestName::isNearMiss).isPresent()) {
                problems.add(sentence + suggestion(nearest));
            } else {
                warnings.add(sentence + " and is ignored" + suggestion(nearest));
            }
        });
    }

    private boolean isOurs(String name) {
        return name.toUpperCase(Locale.ROOT).startsWith(schema.prefix());
    }

    private Optional<NearestName> nearest(String name) {
        return NearestName.of(name, known, schema.prefix());
    }

    private static String suggestion(Optional<NearestName> nearest) {
        return nearest.map(n -> "; did you mean " + n.name() + "?").orElse("");
    }

    private void plain(Setting setting, List<Layer> layers) {
        Value value = layered(setting.name(), layers);
        if (value == null) {
            return;
        }
        String problem = SettingValues.problem(setting, value.text());
        if (problem == null) {
            values.put(setting.name(), value);
        } else {
            problems.add(setting.name() + " (" + value.source() + ") " + problem);
        }
    }

    private void secret(Setting setting, List<Layer> layers) {
        String name = setting.name();
        Value direct = layered(name, layers);
        Value pointer = layered(name + FILE_SUFFIX, layers);
        if (direct != null && pointer != null) {
            unusableSecret(name + " and " + name + FILE_SUFFIX + " are both set: keep one");
            return;
        }
        try {
            if (direct != null) {
                keep(name, SecretBytes.ofText(direct.text()), direct.source());
            } else if (pointer != null) {
                keep(name, SecretFile.read(directory.resolve(pointer.text())), name + FILE_SUFFIX);
            }
        } catch (IllegalArgumentException e) {
            unusableSecret(name + FILE_SUFFIX + ": " + e.getMessage());
        }
    }

    private void unusableSecret(String sentence) {
        problems.add(sentence);
        unusableSecrets.add(sentence);
    }

    private void keep(String name, SecretBytes secret, String source) {
        if (CompromisedSecrets.contains(secret)) {
            unusableSecret(name + " (" + source + "): this value was published and protects nothing: make a fresh one");
            return;
        }
        secrets.put(name, secret);
        values.put(name, new Value("", source));
    }

    /** A file of settings. @param name as sentences call it */
    private record Layer(String name, Map<String, String> values) {}

    /** Environment over files; an empty value counts as unset, as compose files produce them for absent variables. */
    private @Nullable Value layered(String name, List<Layer> layers) {
        String inEnvironment = environment.getOrDefault(name, "");
        if (!inEnvironment.isEmpty() && !ServiceLinks.isOne(name, inEnvironment)) {
            return new Value(inEnvironment, "environment");
        }
        for (Layer layer : layers) {
            String inFile = layer.values().getOrDefault(name, "");
            if (!inFile.isEmpty()) {
                return new Value(inFile, layer.name());
            }
        }
        return null;
    }
}
