package bulwark.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loaded classes of the node's start, mapped into memory in the place of being read and verified at each start. Which ones stands in a list in the tree, since no two runs load quite the same; the
 * same list gives the same bytes in the same folder, whose path is among them. The JVM compares size and time of each jar with those that it was made of, and takes another folder for the same when the jars lie in it alike.
 */
final class StartupArchive {
    /** So that the image keeps its size: an archive takes eight times the room of the same classes in their jar. The first ones are those that every start waits for. */
    private static final int MAX_CLASSES = 2_700;

    private final RootFolder root;
    private final Path work;

    StartupArchive(RootFolder root, Path work) {
        this.root = root;
        this.work = work;
    }

    /** @param classes list of {@link #train} */
    void dump(Path classes) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("-Xshare:dump", "-Xlog:cds=off", "-Xlog:cds*=error"));
        options.add("-XX:SharedClassListFile=" + classes);
        options.add("-XX:SharedArchiveFile=" + root.at(InsidePrograms.ARCHIVE));
        options.addAll(List.of("-cp", InsidePrograms.classPath(root.at(PartProgram.FOLDER) + "/")));
        java(root.at(PartProgram.FOLDER), options);
        if (!Files.exists(root.at(InsidePrograms.ARCHIVE))) {
            throw new IOException("the JVM made no start-up archive");
        }
    }

    /** Runs the node and its commands once, and writes which classes that loaded. */
    void train(Path classes) throws IOException, InterruptedException {
        Path node = work.resolve("node.txt");
        Path scratch = Files.createDirectory(work.resolve("scratch"));
        // It makes the certificates that the node's run finds.
        java(scratch, training(work.resolve("commands.txt")), "bulwark.app.Main", "training-run");
        java(scratch, training(node), "bulwark.app.Main", "node-training-run");
        // Comments, call sites, and classes of loaders of their own, which an archive cannot hold, stay out.
        List<String> first = Files.readAllLines(node).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("@") && !line.contains(" source: "))
                .map(line -> line.replaceFirst(" id: \\d+$", ""))
                .limit(MAX_CLASSES)
                .sorted()
                .toList();
        Files.write(classes, first);
    }

    private List<String> training(Path list) {
        List<String> options = new ArrayList<>(List.of("-Xshare:off", "-XX:DumpLoadedClassList=" + list));
        options.addAll(InsidePrograms.running(root.at(PartProgram.FOLDER) + "/"));
        return options;
    }

    private void java(Path folder, List<String> options, String... program) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(root.at(RuntimeLink.HOME + "/bin/java").toString());
        command.addAll(InsidePrograms.ARCHIVE_OPTIONS);
        command.addAll(options);
        command.addAll(List.of(program));
        Path log = work.resolve("java.log");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        process.environment().keySet().removeIf(name -> name.startsWith("JAVA_") || name.startsWith("JDK_"));
        int code = process.start().waitFor();
        if (code != 0) {
            throw new IOException("java ended with " + code + ": " + Files.readString(log));
        }
    }
}
