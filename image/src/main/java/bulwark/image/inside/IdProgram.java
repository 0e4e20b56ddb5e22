package bulwark.image.inside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints user and groups of this process as the kernel's table has them, in the form of the program {@code id}. */
public final class IdProgram {
    private IdProgram() {}

    public static void main(String[] arguments) throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        List<String> users = Files.readAllLines(Path.of("/etc/passwd"));
        List<String> groups = Files.readAllLines(Path.of("/etc/group"));
        // Real, effective, saved, of the file system: the effective one counts.
        String user = field(status, "Uid:").get(1);
        String group = field(status, "Gid:").get(1);
        String all = Stream.concat(Stream.of(group), field(status, "Groups:").stream())
                .distinct()
                .map(id -> named(id, groups))
                .collect(Collectors.joining(","));
        System.out.println("uid=" + named(user, users) + " gid=" + named(group, groups) + " groups=" + all);
    }

    private static List<String> field(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .flatMap(line -> Stream.of(line.substring(name.length()).strip().split("\\s+")))
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private static String named(String id, List<String> table) {
        return table.stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[2].equals(id))
                .map(fields -> id + "(" + fields[0] + ")")
                .findFirst()
                .orElse(id);
    }
}
