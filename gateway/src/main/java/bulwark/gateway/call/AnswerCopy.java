package bulwark.gateway.call;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Takes a copy of a backend's answer while it passes, for as long as it is wanted and the budget of all copies allows it. Used on the call's event loop; {@link #drop} must follow, whatever
 * became of the answer.
 */
public final class AnswerCopy {
    private final int maxBodyBytes;
    private final CopyBudget budget;
    private final Predicate<AnswerCopy> wanted;
    private final Consumer<AnswerCopy> whole;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private int status;
    private List<String> fields = List.of();
    private boolean taking;
    private boolean dropped;

    /**
     * @param wanted asked once the head is there
     * @param whole gets the copy when all of the answer has come, and never a part of one
     */
    public AnswerCopy(int maxBodyBytes, CopyBudget budget, Predicate<AnswerCopy> wanted, Consumer<AnswerCopy> whole) {
        this.maxBodyBytes = maxBodyBytes;
        this.budget = budget;
        this.wanted = wanted;
        this.whole = whole;
    }

    /** @param headFields without those of one hop, names and values in turn */
    public void head(int answerStatus, List<String> headFields) {
        status = answerStatus;
        fields = List.copyOf(headFields);
        taking = !dropped && !budget.isUsedUp() && wanted.test(this);
    }

    /** Whether bytes are still taken. */
    public boolean isTaking() {
        return taking;
    }

    public void data(byte[] bytes) {
        if (!taking) {
            return;
        }
        if (body.size() + bytes.length > maxBodyBytes || !budget.tryTake(bytes.length)) {
            drop();
        } else {
            body.writeBytes(bytes);
        }
    }

    /** Takes no more and lets go of what was taken. */
    public void drop() {
        taking = false;
        dropped = true;
        budget.giveBack(body.size());
        body = new ByteArrayOutputStream(0);
    }

    /** The answer has come to its end. */
    public void end() {
        if (taking) {
            taking = false;
            whole.accept(this);
            drop();
        }
    }

    public int status() {
        return status;
    }

    /** Names and values in turn. */
    public List<String> fields() {
        return fields;
    }

    public byte[] body() {
        return body.toByteArray();
    }
}
