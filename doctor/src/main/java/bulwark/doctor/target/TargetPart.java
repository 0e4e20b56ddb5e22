package bulwark.doctor.target;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One part of a target. Immutable.
 *
 * @param name also that of its folder
 * @param values addresses under keys that end in {@code url}, files and folders, and names; a credential is the file that holds it
 * @param processes on this machine
 */
public record TargetPart(String name, Map<String, String> values, List<TargetProcess> processes) {
    public TargetPart {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        processes = List.copyOf(processes);
    }

    public Optional<String> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** @throws IllegalStateException naming the key */
    public String text(String key) {
        return find(key)
                .orElseThrow(() -> new IllegalStateException(
                        "the target says no " + key + " of " + name + ": add it to the target file"));
    }

    /** An absolute URL without a path. @throws IllegalStateException naming the key */
    public URI url(String key) {
        return URI.create(text(key));
    }

    /** @throws IllegalStateException naming the key */
    public Path path(String key) {
        return Path.of(text(key));
    }

    /** The same part with another value. */
    public TargetPart with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(key, value);
        return new TargetPart(name, changed, processes);
    }
}
