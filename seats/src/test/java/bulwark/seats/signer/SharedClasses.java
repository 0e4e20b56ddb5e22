package bulwark.seats.signer;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Classes of a program's start as the JVM shares them between processes (class data sharing), so that many starts cost less. It takes jars: folders of the class path are packed. */
public final class SharedClasses {
    private SharedClasses() {}

    /** A run of the program that uses what later runs will, and ends by itself. */
    @FunctionalInterface
    public interface Training {
        void run(List<String> flags) throws IOException, InterruptedException;
    }

    /** @return flags of Java, with the class path */
    public static List<String> flags(Path folder, Training training) throws IOException, InterruptedException {
        List<String> jars = new ArrayList<>();
        for (String entry : SignerChild.classPath().split(File.pathSeparator)) {
            Path path = Path.of(entry);
            jars.add(Files.isDirectory(path) ? packed(path, folder.resolve("classes-" + jars.size() + ".jar")) : entry);
        }
        List<String> classPath = List.of("-cp", String.join(File.pathSeparator, jars));
        Path archive = folder.resolve("shared.jsa");
        training.run(Stream.concat(classPath.stream(), Stream.of("-XX:ArchiveClassesAtExit=" + archive))
                .toList());
        return Files.exists(archive)
                ? Stream.concat(classPath.stream(), Stream.of("-XX:SharedArchiveFile=" + archive))
                        .toList()
                : classPath;
    }

    private static String packed(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            entries.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar.toString();
    }
}
