package bulwark.image;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The runtime under {@code /opt/java}: the JVM and the modules that the program uses, of the JDK that runs this. */
final class RuntimeLink {
    static final String HOME = "/opt/java";
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.xml",
            "java.naming",
            "java.net.http",
            "java.sql",
            "java.management",
            "jdk.management",
            "jdk.unsupported",
            "jdk.net",
            "jdk.crypto.ec",
            "jdk.zipfs");

    private RuntimeLink() {}

    /** @param jdk whose modules are linked: the one that runs this, since its own linker is asked */
    static void link(Path jdk, RootFolder root) throws IOException {
        if (!jdk.toRealPath().equals(Path.of(System.getProperty("java.home")).toRealPath())) {
            throw new IOException(jdk + " is not the JDK that runs this");
        }
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IOException(jdk + " has no jlink: an image is made with a whole JDK"));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        Files.createDirectories(root.at("/opt"));
        int code = jlink.run(
                out,
                out,
                "--add-modules",
                String.join(",", MODULES),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-9",
                "--output",
                root.at(HOME).toString());
        if (code != 0) {
            throw new IOException("jlink failed: " + said);
        }
        removePrograms(root);
    }

    /** One program is started in the container: java. Licences stand once; the linker makes links of their copies. */
    private static void removePrograms(RootFolder root) throws IOException {
        try (Stream<Path> programs = Files.list(root.at(HOME + "/bin"))) {
            for (Path program : programs.filter(file -> !file.endsWith("java")).toList()) {
                Files.delete(program);
            }
        }
        try (Stream<Path> all = Files.walk(root.at(HOME))) {
            for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
        root.remove(HOME + "/lib/jrt-fs.jar");
        root.remove(HOME + "/lib/jexec");
    }
}
