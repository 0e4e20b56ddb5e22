package bulwark.tasks.handler;

import java.util.List;

/** Handlers that cannot stand beside each other, or methods that cannot be handlers: every fault, a sentence each. */
public final class HandlersRefused extends RuntimeException {
    private final List<String> problems;

    public HandlersRefused(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
