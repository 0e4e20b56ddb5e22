package bulwark.tasks.exec;

import java.util.List;

/** Faults of the file that names programs, a sentence each. */
public final class ExecRefused extends RuntimeException {
    private final List<String> problems;

    public ExecRefused(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
