package bulwark.app.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the program that the launcher runs: {@code bulwark.jar}, a folder {@code native}, and {@code sbom.json}.
 *
 * <p>All jars become one: whoever asks for a service would open each of them at each start. Files of {@code META-INF/services} are joined; of any other name the
 * first one counts. Native libraries come out, to a folder {@code native}: their loaders would unpack them anew at each start. JAR signatures come off, because
 * a signed class is verified at each start and cannot be in the start-up cache; the digest of each jar is compared with {@code dependencies.sha256} instead,
 * before anything is made of it. Classes of Java 5 get stack maps ({@link ClassUpgrade}). Entries carry one fixed time and stand in the order of their names, so jars of the same content give the same bytes.
 */
public final class DistributionBuilder {
    private static final String SERVICES = "META-INF/services/";
    static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final String MANIFEST =
            "Manifest-Version: 1.0\r\nMain-Class: bulwark.app.Main\r\nMulti-Release: true\r\n\r\n";

    private final Path into;
    private final ZipOutputStream out;
    private final Set<String> written = new HashSet<>();
    private final Map<String, StringBuilder> services = new TreeMap<>();
    private final List<Path> natives = new ArrayList<>();

    private DistributionBuilder(Path into, ZipOutputStream out) {
        this.into = into;
        this.out = out;
    }

    /** {@code PROGRAM-JAR COMPONENTS CHECKSUMS VERSION INTO}. Exit code 1, with a sentence for each, when a library is not the listed one. */
    public static void main(String[] arguments) throws IOException {
        List<Component> components;
        try (var lines = Files.lines(Path.of(arguments[1]))) {
            components = Component.parse(lines);
        }
        List<String> problems = problems(components, DependencyChecksums.read(Path.of(arguments[2])));
        if (!problems.isEmpty()) {
            problems.forEach(problem -> System.err.println("error: " + problem));
            System.exit(1);
        }
        build(Path.of(arguments[0]), components, arguments[3], Path.of(arguments[4]));
    }

    private static List<String> problems(List<Component> components, DependencyChecksums checksums) throws IOException {
        List<String> problems = new ArrayList<>(checksums.checkLibraries(components));
        if (problems.isEmpty()) {
            Component any = components.stream()
                    .filter(component -> !component.own())
                    .findFirst()
                    .orElseThrow();
            problems.addAll(checksums.checkRepository(repository(any)));
        }
        return problems;
    }

    private static Path repository(Component component) {
        int depth = component.repositoryPath().split("/").length;
        Path folder = component.file().toAbsolutePath();
        for (int i = 0; i < depth; i++) {
            folder = java.util.Objects.requireNonNull(folder.getParent());
        }
        return folder;
    }

    /** Writes the program of the own jar and its components into a folder. */
    static void build(Path program, List<Component> components, String version, Path into) throws IOException {
        Files.createDirectories(into.resolve("native"));
        Path jar = into.resolve("bulwark.jar");
        List<Path> natives;
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file)) {
            DistributionBuilder builder = new DistributionBuilder(into, out);
            builder.write("META-INF/MANIFEST.MF", MANIFEST.getBytes(StandardCharsets.UTF_8));
            builder.add(program);
            for (Component component : components.stream()
                    .sorted(Comparator.comparing(Component::fileName))
                    .toList()) {
                builder.add(component.file());
            }
            builder.writeServices();
            natives = builder.natives;
        }
        Files.write(into.resolve("sbom.json"), BillOfMaterials.of(version, jar, components, natives));
    }

    private void add(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ClassUpgrade upgrade = new ClassUpgrade(zip);
            List<? extends ZipEntry> entries =
                    zip.stream().sorted(Comparator.comparing(ZipEntry::getName)).toList();
            for (ZipEntry entry : entries) {
                if (!entry.isDirectory() && !leftOut(entry.getName())) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        add(entry.getName(), upgrade.apply(content.readAllBytes()));
                    }
                }
            }
        }
    }

    private static boolean leftOut(String name) {
        return name.equals("META-INF/MANIFEST.MF")
                || name.endsWith("module-info.class")
                || name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)")
                || name.startsWith("org/sqlite/native/") && isLinux() && !isNative(name);
    }

    /** There the library of the machine lies beside the program, so the twenty of other machines would only make the jar larger. */
    private static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    private void add(String name, byte[] content) throws IOException {
        if (name.startsWith(SERVICES)) {
            services.computeIfAbsent(name, ignored -> new StringBuilder())
                    .append(new String(content, StandardCharsets.UTF_8))
                    .append('\n');
        } else if (isNative(name)) {
            Path file = into.resolve("native").resolve(Path.of(name).getFileName());
            Files.write(file, content);
            natives.add(file);
        } else if (written.add(name)) {
            write(name, content);
        }
    }

    private void write(String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(ENTRY_TIME);
        out.putNextEntry(entry);
        out.write(content);
    }

    /** Of this machine; those of others stay where they are. */
    private static boolean isNative(String name) {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return name.equals("org/sqlite/native/Linux/" + machine + "/libsqlitejdbc.so")
                || name.equals("META-INF/native/libnetty_transport_native_epoll_" + machine + ".so")
                || name.equals("com/amazon/corretto/crypto/provider/libamazonCorrettoCryptoProvider.so");
    }

    private void writeServices() throws IOException {
        for (Map.Entry<String, StringBuilder> service : services.entrySet()) {
            write(service.getKey(), service.getValue().toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
