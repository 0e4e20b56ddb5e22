package bulwark.image;

import bulwark.image.inside.IdProgram;
import bulwark.image.inside.ProgramEntry;
import bulwark.image.inside.SyscallCheck;
import bulwark.image.inside.TouchProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The programs of the image and what they read: a file that begins with {@code #!}, which the kernel runs without a shell, and the options of the JVM that it names. Also who {@code nonroot} is, and the
 * two folders that may be written.
 */
final class InsidePrograms {
    static final String JAR = PartProgram.FOLDER + "/inside.jar";
    static final String ARCHIVE = PartProgram.FOLDER + "/classes.jsa";
    static final int USER = 65532;
    private static final String ENTRIES = "bulwark/image/inside/";

    /** What the start-up archive depends on, so the same when it is made. */
    static final List<String> ARCHIVE_OPTIONS =
            List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED");

    private static final List<String> HARDENED = List.of(
            "-XX:+DisableAttachMechanism",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djdk.tls.server.newSessionTicketCount=0",
            "-Djdk.tls.server.enableSessionTicketExtension=false",
            "-Djdk.tls.namedGroups=x25519,secp256r1",
            "-Dio.netty.jfr.enabled=false");

    /** Of a process that lives long: half of the container's memory is the heap. */
    private static final List<String> LASTING = List.of("-XX:MaxRAMPercentage=50");

    private static final List<String> PASSING = List.of("-XX:MaxRAMPercentage=25", "-XX:TieredStopAtLevel=1");

    private InsidePrograms() {}

    static void write(RootFolder root) throws IOException {
        root.write("/etc/passwd", "root:x:0:0:root:/:/nologin\nnonroot:x:65532:65532:nonroot:/data:/nologin\n", false);
        root.write("/etc/group", "root:x:0:\nnonroot:x:65532:\n", false);
        root.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", false);
        program(root, "stigmem-node", LASTING, ProgramEntry.class);
        program(root, "stigmem", PASSING, ProgramEntry.class);
        program(root, "id", PASSING, IdProgram.class);
        program(root, "touch", PASSING, TouchProgram.class);
        program(root, "syscall-check", PASSING, SyscallCheck.class);
        jar(root.at(JAR));
        Files.createDirectories(root.at("/data"));
        Files.createDirectories(root.at("/tmp"));
    }

    private static void program(RootFolder root, String name, List<String> memory, Class<?> main) throws IOException {
        List<String> options = new ArrayList<>(ARCHIVE_OPTIONS);
        options.add("-XX:SharedArchiveFile=" + ARCHIVE);
        options.addAll(running(PartProgram.FOLDER + "/"));
        options.addAll(memory);
        options.add(main.getName());
        String arguments = PartProgram.FOLDER + "/" + name + ".args";
        root.write(arguments, String.join("\n", options) + "\n", false);
        root.write("/usr/bin/" + name, "#!" + RuntimeLink.HOME + "/bin/java @" + arguments + "\n", true);
    }

    /** What every run of the program needs. @param folder of the program, with a slash at its end */
    static List<String> running(String folder) {
        List<String> options = new ArrayList<>(HARDENED);
        options.add("-Dorg.sqlite.lib.path=" + folder + "native");
        options.add("-Djava.library.path=" + folder + "native");
        options.add("-Dcom.amazon.corretto.crypto.provider.useExternalLib=true");
        options.addAll(List.of("-cp", classPath(folder)));
        return options;
    }

    /** @param folder with a slash at its end, or nothing for the folder in which java runs */
    static String classPath(String folder) {
        return folder + "bulwark.jar:" + folder + "inside.jar";
    }

    /** The classes of these programs, out of the jar or folder that this class is in. */
    private static void jar(Path to) throws IOException {
        Path own = Path.of(URI.create(InsidePrograms.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        try (OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            if (Files.isDirectory(own)) {
                copyFolder(own, out);
            } else {
                copyJar(own, out);
            }
        }
    }

    private static void copyFolder(Path own, ZipOutputStream out) throws IOException {
        try (Stream<Path> classes = Files.list(own.resolve(ENTRIES))) {
            for (Path each : classes.sorted().toList()) {
                put(out, ENTRIES + each.getFileName(), Files.readAllBytes(each));
            }
        }
    }

    private static void copyJar(Path own, ZipOutputStream out) throws IOException {
        try (ZipFile zip = new ZipFile(own.toFile())) {
            for (ZipEntry entry : zip.stream()
                    .filter(entry -> entry.getName().startsWith(ENTRIES) && !entry.isDirectory())
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList()) {
                try (InputStream content = zip.getInputStream(entry)) {
                    put(out, entry.getName(), content.readAllBytes());
                }
            }
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.ofInstant(ImageBuilder.STAMP, ZoneOffset.UTC));
        out.putNextEntry(entry);
        out.write(content);
    }
}
