package bulwark.app.stem;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program starts itself again: the same Java with the same flags, so that the start-up cache fits. */
public final class OwnProgram {
    private OwnProgram() {}

    public static List<String> commandLine(List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(java.io.File.pathSeparator)) {
            line.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            line.addAll(List.of("-cp", classPath, "bulwark.app.Main"));
        }
        line.addAll(arguments);
        return line;
    }
}
