package bulwark.doctor.target;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A target as a file, for a deployment that is reached over the network: {@code name}, {@code state} when it is on this machine, {@code exec} before commands that are
 * run inside of a container, and under {@code parts} the values of each part. YAML;
 * JSON is one form of it. The file names credentials and so belongs to its owner alone.
 */
public final class TargetFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final Set<String> MEMBERS = Set.of("version", "name", "state", "parts", "exec");

    private TargetFile() {}

    /** @throws CommandFailed with every fault of the file at once */
    public static Target read(Path file) throws IOException {
        JsonNode document = document(file);
        List<String> faults = new ArrayList<>();
        document.propertyNames().stream()
                .filter(name -> !MEMBERS.contains(name))
                .forEach(name ->
                        faults.add(name + " is no member of a target file: it has name, state, parts and exec"));
        String name = document.path("name").asString("");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            faults.add("name must be 1 to 63 letters, digits, dots, hyphens or underscores");
        }
        Map<String, TargetPart> parts = new TreeMap<>();
        document.path("parts").properties().forEach(part -> {
            Map<String, String> values = new LinkedHashMap<>();
            part.getValue().properties().forEach(value -> {
                String text = value.getValue().asString("");
                if (value.getKey().endsWith("url") && !isAddress(text)) {
                    faults.add("parts." + part.getKey() + "." + value.getKey()
                            + " must be http:// or https:// with a host and no path, user or password");
                }
                values.put(value.getKey(), text);
            });
            parts.put(part.getKey(), new TargetPart(part.getKey(), values, List.of()));
        });
        List<String> exec = exec(document.path("exec"), faults);
        if (parts.isEmpty()) {
            faults.add("parts must name one part or more");
        }
        if (!faults.isEmpty()) {
            throw CommandFailed.usage(file + ": " + String.join("; ", faults));
        }
        String state = document.path("state").asString("");
        return new Target(
                name, state.isEmpty() ? Optional.empty() : Optional.of(Path.of(state)), parts, exec, Map.of());
    }

    /** A list, one word each: no shell takes a line apart. */
    private static List<String> exec(JsonNode words, List<String> faults) {
        List<String> exec = new ArrayList<>();
        for (JsonNode word : words) {
            exec.add(word.isString() ? word.stringValue() : "");
        }
        if (!words.isMissingNode() && (!words.isArray() || exec.isEmpty() || exec.contains(""))) {
            faults.add("exec must be a list of words, for instance [podman, exec, CONTAINER]");
        }
        return exec;
    }

    private static JsonNode document(Path file) throws IOException {
        try {
            OwnerOnlyFiles.check(file);
            return StrictYaml.parse(Files.readString(file), MAX_BYTES);
        } catch (NoSuchFileException none) {
            throw CommandFailed.usage(file + " is not there: write one with bulwark doctor target init --state DIR");
        } catch (FileRefused refused) {
            throw CommandFailed.usage(String.valueOf(refused.getMessage()));
        } catch (StrictYaml.YamlRefused refused) {
            throw CommandFailed.usage(file + ": " + refused.getMessage());
        }
    }

    private static boolean isAddress(String text) {
        try {
            URI uri = URI.create(text);
            return Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && String.valueOf(uri.getRawPath()).isEmpty();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Owner-only, in the JSON form of YAML, so that no value needs a rule of quoting. */
    public static void write(Path file, Target target) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", 1);
        document.put("name", target.name());
        target.state().ifPresent(state -> document.put("state", state.toString()));
        if (!target.exec().isEmpty()) {
            document.put("exec", target.exec());
        }
        Map<String, Object> parts = new LinkedHashMap<>();
        target.parts().forEach((name, part) -> parts.put(name, part.values()));
        document.put("parts", parts);
        OwnerOnlyFiles.write(file, (StrictJson.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
