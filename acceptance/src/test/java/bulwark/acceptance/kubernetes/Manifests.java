package bulwark.acceptance.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What kustomize renders, as maps. */
record Manifests(String yaml, List<Map<String, Object>> objects) {
    static final Path FOLDER = Path.of(System.getProperty("bulwark.root")).resolve("deploy/kubernetes");

    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();

    /** Whether kubectl is there to render them; where CI is set it must be. */
    static boolean canRender() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        if (!found && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("kubectl is not on the PATH");
        }
        return found;
    }

    /** The base and every overlay. */
    static List<String> folders() throws IOException {
        List<String> folders = new ArrayList<>(List.of("base"));
        try (Stream<Path> overlays = Files.list(FOLDER.resolve("overlays"))) {
            overlays.map(overlay -> "overlays/" + overlay.getFileName())
                    .sorted()
                    .forEach(folders::add);
        }
        return folders;
    }

    static Manifests render(String folder) throws IOException, InterruptedException {
        Manifests rendered = RENDERED.get(folder);
        if (rendered == null) {
            rendered = kustomize(folder);
            RENDERED.put(folder, rendered);
        }
        return rendered;
    }

    private static Manifests kustomize(String folder) throws IOException, InterruptedException {
        Process kustomize = new ProcessBuilder(
                        "kubectl", "kustomize", FOLDER.resolve(folder).toString())
                .redirectErrorStream(true)
                .start();
        String yaml = new String(kustomize.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kustomize.waitFor()).as(yaml).isZero();
        return of(yaml);
    }

    @SuppressWarnings("unchecked")
    static Manifests of(String yaml) {
        List<Map<String, Object>> objects = new ArrayList<>();
        new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
                .loadAllFromString(yaml)
                .forEach(object -> objects.add((Map<String, Object>) object));
        return new Manifests(yaml, List.copyOf(objects));
    }

    List<Map<String, Object>> ofKind(String kind) {
        return objects.stream()
                .filter(object -> kind.equals(object.get("kind")))
                .toList();
    }

    Map<String, Object> one(String kind, String name) {
        return ofKind(kind).stream()
                .filter(object -> name.equals(at(object, "metadata", "name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " is called " + name));
    }

    /** The value under these names, or null. */
    static @Nullable Object at(@Nullable Object object, String... names) {
        @Nullable Object value = object;
        for (String name : names) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }

    static List<?> list(@Nullable Object object, String... names) {
        return at(object, names) instanceof List<?> list ? list : List.of();
    }
}
