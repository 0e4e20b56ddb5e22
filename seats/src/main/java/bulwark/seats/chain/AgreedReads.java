package bulwark.seats.chain;

import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.Preflight.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks every label the same about one block, and gives an answer that all of them gave. Thread-safe. */
public final class AgreedReads {
    private static final int MAX_SHOWN = 100;

    private final List<ExecutionNode> nodes;
    private final BlockId at;

    /** @param nodes at least one */
    public AgreedReads(List<ExecutionNode> nodes, BlockId at) {
        this.nodes = List.copyOf(nodes);
        this.at = at;
    }

    public BlockId at() {
        return at;
    }

    /**
     * @param field for the finding
     * @throws PreflightFailed naming label and field, when a label does not answer or answers otherwise than the first
     */
    public <T> T of(String field, BiFunction<ExecutionNode, BlockId, T> question) {
        return of(field, Object::toString, question);
    }

    /** As {@link #of(String, BiFunction)}. @param shown what two answers are compared by, and what the finding shows */
    public <T> T of(String field, Function<T, String> shown, BiFunction<ExecutionNode, BlockId, T> question) {
        List<Check> failed = new ArrayList<>();
        @Nullable T first = null;
        for (Told<T> told : LabelQuestions.ask(nodes, node -> told(node, field, question))) {
            T answer = told.answer();
            if (answer == null) {
                failed.add(told.silence());
            } else if (first == null) {
                first = answer;
            } else if (!shown.apply(answer).equals(shown.apply(first))) {
                failed.add(new Check(
                        told.silence().label(), field, brief(shown.apply(first)), brief(shown.apply(answer)), false));
            }
        }
        if (!failed.isEmpty()) {
            throw new PreflightFailed(failed);
        }
        return Objects.requireNonNull(first);
    }

    /** @param silence what stands for the label while it has no answer */
    private record Told<T>(@Nullable T answer, Check silence) {}

    private <T> Told<T> told(ExecutionNode node, String field, BiFunction<ExecutionNode, BlockId, T> question) {
        try {
            return new Told<>(question.apply(node, at), new Check(node.label(), field, "", "", false));
        } catch (RpcFailed silent) {
            return new Told<>(null, Check.unanswered(node.label(), field, silent));
        }
    }

    private static String brief(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }
}
