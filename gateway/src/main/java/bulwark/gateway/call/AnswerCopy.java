package bulwark.gateway.call;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Takes a copy of a backend's answer while it passes, for as long as it is wanted. Used on the call's event loop. */
public final class AnswerCopy {
    private final int maxBodyBytes;
    private final Predicate<AnswerCopy> wanted;
    private final Consumer<AnswerCopy> whole;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private int status;
    private List<String> fields = List.of();
    private boolean taking;

    /**
     * @param wanted asked once the head is there
     * @param whole gets the copy when all of the answer has come, and never a part of one
     */
    public AnswerCopy(int maxBodyBytes, Predicate<AnswerCopy> wanted, Consumer<AnswerCopy> whole) {
        this.maxBodyBytes = maxBodyBytes;
        this.wanted = wanted;
        this.whole = whole;
    }

    /** @param headFields without those of one hop, names and values in turn */
    public void head(int answerStatus, List<String> headFields) {
        status = answerStatus;
        fields = List.copyOf(headFields);
        taking = wanted.test(this);
    }

    /** Whether bytes are still taken. */
    public boolean isTaking() {
        return taking;
    }

    public void data(byte[] bytes) {
        if (taking && body.size() + bytes.length > maxBodyBytes) {
            taking = false;
            body.reset();
        } else if (taking) {
            body.writeBytes(bytes);
        }
    }

    /** The answer has come to its end. */
    public void end() {
        if (taking) {
            taking = false;
            whole.accept(this);
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
