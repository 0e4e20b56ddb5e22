package bulwark.app.up;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How this program starts itself again: the same Java with the same flags, so that the start-up caches fit. */
public final class SelfCommandLine {
    private static final String CACHE = "-XX:AOTCache=";

    /** Nobody opens a management port in a process that holds keys. */
    private static final String NO_ATTACH = "-XX:+DisableAttachMechanism";

    private SelfCommandLine() {}

    public static List<String> commandLine(List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(java());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .map(flag -> ownCache(flag, arguments.getFirst()))
                .forEach(line::add);
        if (!line.contains(NO_ATTACH)) {
            line.add(NO_ATTACH);
        }
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            line.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            line.addAll(List.of("-cp", absolute(classPath), "bulwark.app.Main"));
        }
        line.addAll(arguments);
        return line;
    }

    /** Another program on its own classes and on those of this one; without the caches, which are of these classes alone. */
    static List<String> commandLine(ChildProgram program, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(java());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith(CACHE))
                .forEach(line::add);
        String own = program.jars().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        line.addAll(List.of(
                "-cp",
                own + File.pathSeparator + absolute(System.getProperty("java.class.path")),
                program.mainClass()));
        line.addAll(arguments);
        return line;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A command whose starts count has a start-up cache of its own beside the one of all others, under its name. */
    private static String ownCache(String flag, String command) {
        if (!flag.startsWith(CACHE)) {
            return flag;
        }
        Path own = Path.of(flag.substring(CACHE.length())).resolveSibling(command + ".aot");
        return Files.exists(own) ? CACHE + own : flag;
    }

    /** The child may run in another folder. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
