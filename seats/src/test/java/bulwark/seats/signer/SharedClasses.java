package bulwark.seats.signer;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Classes of a signer's start as the JVM shares them between processes (class data sharing), so that many starts cost less. It takes jars: folders of the class path are packed. */
final class SharedClasses {
    private SharedClasses() {}

    /** @return flags of Java, with the class path */
    static List<String> flags(Path folder, SignerUnderTest files, SigningRequest first)
            throws IOException, InterruptedException {
        List<String> jars = new ArrayList<>();
        for (String entry : SignerChild.classPath().split(File.pathSeparator)) {
            Path path = Path.of(entry);
            jars.add(Files.isDirectory(path) ? packed(path, folder.resolve("classes-" + jars.size() + ".jar")) : entry);
        }
        List<String> classPath = List.of("-cp", String.join(File.pathSeparator, jars));
        Path archive = folder.resolve("signer.jsa");
        List<String> training = Stream.concat(classPath.stream(), Stream.of("-XX:ArchiveClassesAtExit=" + archive))
                .toList();
        try (SignerChild child = SignerChild.start(files, List.of(), training, Map.of())) {
            files.client().sign(first);
            child.stop();
        }
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
