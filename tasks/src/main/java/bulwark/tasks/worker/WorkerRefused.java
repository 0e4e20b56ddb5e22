package bulwark.tasks.worker;

import java.util.List;

/** Why a worker does not start: every reason, a sentence with a remedy each. */
public final class WorkerRefused extends RuntimeException {
    private final List<String> problems;

    public WorkerRefused(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
