package bulwark.doctor.target;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A deployment as the doctor knows it. Immutable.
 *
 * @param name also of the folder of its memory
 * @param state its state folder, when it is on this machine
 * @param parts by name
 * @param exec words before a command that is run inside of a container, or none
 * @param faults sentences by the name of a part that is there and could not be located
 */
public record Target(
        String name,
        Optional<Path> state,
        Map<String, TargetPart> parts,
        List<String> exec,
        Map<String, String> faults) {
    public Target {
        parts = Collections.unmodifiableMap(new TreeMap<>(parts));
        exec = List.copyOf(exec);
        faults = Map.copyOf(faults);
    }

    public Target(String name, Optional<Path> state, Map<String, TargetPart> parts) {
        this(name, state, parts, List.of(), Map.of());
    }

    public Optional<TargetPart> part(String part) {
        return Optional.ofNullable(parts.get(part));
    }

    /** On this machine, of all parts. */
    public List<TargetProcess> processes() {
        return parts.values().stream()
                .flatMap(part -> part.processes().stream())
                .toList();
    }

    /** Every address that may be asked: nothing is sent to another. */
    public List<URI> addresses() {
        return addresses(parts.keySet());
    }

    /** Of some parts. @param names parts that are not there have none */
    public List<URI> addresses(Set<String> names) {
        List<URI> all = new ArrayList<>();
        parts.values().stream()
                .filter(part -> names.contains(part.name()))
                .forEach(part -> part.values().forEach((key, value) -> {
                    if (key.endsWith("url")) {
                        all.add(URI.create(value));
                    }
                }));
        return all;
    }

    /** The same target with another value of one part, for instance a public address. */
    public Target with(String part, String key, String value) {
        Map<String, TargetPart> changed = new TreeMap<>(parts);
        changed.computeIfPresent(part, (name, before) -> before.with(key, value));
        return new Target(name, state, changed, exec, faults);
    }
}
