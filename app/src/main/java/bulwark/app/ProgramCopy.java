package bulwark.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes the launcher's copy of the program quick to start; run once after a build: {@code ProgramCopy JAR LIBRARIES INTO}.
 *
 * <p>All jars become one: whoever asks for a service would open each of them at each start. Files of {@code META-INF/services} are joined; of any other name the first one
 * counts. JAR signatures come off: the JVM does not ask for them (whoever could change a jar could drop its signature too; what was fetched is held by the build), but a
 * signed class is verified at each start and cannot be in the start-up cache. Native libraries come out, to a folder {@code native}: their loaders would unpack them anew at
 * each start.
 */
final class ProgramCopy {
    private static final String SERVICES = "META-INF/services/";

    private final Path into;
    private final JarOutputStream out;
    private final Set<String> written = new HashSet<>();
    private final Map<String, StringBuilder> services = new TreeMap<>();

    private ProgramCopy(Path into, JarOutputStream out) {
        this.into = into;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        Path into = Path.of(arguments[2]);
        Files.createDirectories(into.resolve("native"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        try (OutputStream file = Files.newOutputStream(into.resolve("bulwark.jar"));
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            ProgramCopy copy = new ProgramCopy(into, out);
            copy.add(Path.of(arguments[0]));
            for (Path library : libraries(Path.of(arguments[1]))) {
                copy.add(library);
            }
            copy.writeServices();
        }
    }

    private static List<Path> libraries(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList());
        }
    }

    private void add(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && !leftOut(entry.getName())) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        add(entry.getName(), content.readAllBytes());
                    }
                }
            }
        }
    }

    private static boolean leftOut(String name) {
        return name.equals("META-INF/MANIFEST.MF")
                || name.endsWith("module-info.class")
                || name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
    }

    private void add(String name, byte[] content) throws IOException {
        if (name.startsWith(SERVICES)) {
            services.computeIfAbsent(name, ignored -> new StringBuilder())
                    .append(new String(content, StandardCharsets.UTF_8))
                    .append('\n');
        } else if (isNative(name)) {
            Files.write(into.resolve("native").resolve(Path.of(name).getFileName()), content);
        } else if (written.add(name)) {
            out.putNextEntry(new ZipEntry(name));
            out.write(content);
        }
    }

    /** Of this machine; those of others stay where they are. */
    private static boolean isNative(String name) {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return name.equals("org/sqlite/native/Linux/" + machine + "/libsqlitejdbc.so")
                || name.equals("com/amazon/corretto/crypto/provider/libamazonCorrettoCryptoProvider.so");
    }

    private void writeServices() throws IOException {
        for (Map.Entry<String, StringBuilder> service : services.entrySet()) {
            out.putNextEntry(new ZipEntry(service.getKey()));
            out.write(service.getValue().toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
