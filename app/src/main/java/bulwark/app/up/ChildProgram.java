package bulwark.app.up;

import java.nio.file.Path;
import java.util.List;

/**
 * A program beside this one, which a child runs on the classes of both; the program itself never loads it.
 *
 * @param jars its own, which come before those of this program
 * @param mainClass whose arguments are those of the child's command
 */
public record ChildProgram(List<Path> jars, String mainClass) {
    public ChildProgram {
        jars = List.copyOf(jars);
    }
}
