package bulwark.app.stem;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How this program starts itself again: the same Java with the same flags, so that the start-up cache fits. */
public final class OwnProgram {
    private OwnProgram() {}

    public static List<String> commandLine(List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            line.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            line.addAll(List.of("-cp", absolute(classPath), "bulwark.app.Main"));
        }
        line.addAll(arguments);
        return line;
    }

    /** The child may run in another folder. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
