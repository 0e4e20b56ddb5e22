package bulwark.facts;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fact node refuses, by meaning. {@link WireErrors} renders each; nothing else knows status codes of errors. */
public abstract sealed class Refusal extends RuntimeException {
    protected Refusal(String message) {
        super(message, null, false, false);
    }

    /** Stable name for metrics and evidence. */
    public abstract String code();

    /** 422 with FastAPI's list form. */
    public static final class Invalid extends Refusal {
        private final List<Fault> faults;

        public Invalid(List<Fault> faults) {
            super(faults.toString());
            this.faults = List.copyOf(faults);
        }

        public static Invalid field(String type, List<Object> loc, String msg, @Nullable Object input) {
            return new Invalid(List.of(new Fault(type, loc, msg, input, Map.of())));
        }

        @Override
        public String code() {
            return "invalid_request";
        }

        public List<Fault> faults() {
            return faults;
        }
    }

    /** @param loc for instance {@code ["body","value"]}; input as JSON-writable value */
    public record Fault(
            String type,
            List<Object> loc,
            String msg,
            @Nullable Object input,
            Map<String, Object> ctx) {}

    /** A status with {@code {"detail": "<sentence>"}}. */
    public static final class Plain extends Refusal {
        private final int status;

        public Plain(int status, String sentence) {
            super(sentence);
            this.status = status;
        }

        @Override
        public String code() {
            return "status_" + status;
        }

        public int status() {
            return status;
        }
    }

    /** A status with {@code {"detail": {"code", "message", …}}}. */
    public static final class Coded extends Refusal {
        private final int status;
        private final String code;
        private final Map<String, ? extends @Nullable Object> more;

        public Coded(int status, String code, String message, Map<String, ? extends @Nullable Object> more) {
            super(message);
            this.status = status;
            this.code = code;
            this.more = more;
        }

        public int status() {
            return status;
        }

        @Override
        public String code() {
            return code;
        }

        public Map<String, ? extends @Nullable Object> more() {
            return more;
        }
    }
}
