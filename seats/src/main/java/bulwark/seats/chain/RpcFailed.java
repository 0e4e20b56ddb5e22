package bulwark.seats.chain;

import bulwark.kernel.error.PrintableText;

/** A client gave no answer that can be used. Nothing is known then: whoever asked decides as if the answer were the worst. */
public final class RpcFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_TEXT = 200;

    /** What was odd. */
    public enum Kind {
        /** No connection, or it broke. */
        UNREACHABLE,
        TIMED_OUT,
        /** Another status than 200. */
        STATUS,
        TOO_LARGE,
        NOT_JSON,
        /** JSON, but no answer to the request. */
        NOT_AN_ANSWER,
        /** The client says that it failed. */
        ERROR,
        /** The call that was asked about reverts. */
        REVERTED,
        /** An answer whose result has another form. */
        MALFORMED
    }

    private final String label;
    private final String method;
    private final Kind kind;
    private final String revertData;

    RpcFailed(String label, String method, Kind kind, String detail) {
        this(label, method, kind, detail, "0x");
    }

    RpcFailed(String label, String method, Kind kind, String detail, String revertData) {
        super(
                label + " " + method + ": "
                        + PrintableText.line(detail.length() > MAX_TEXT ? detail.substring(0, MAX_TEXT) : detail),
                null,
                false,
                false);
        this.label = label;
        this.method = method;
        this.kind = kind;
        this.revertData = revertData;
    }

    public String label() {
        return label;
    }

    public String method() {
        return method;
    }

    /** What a call that reverts gave back: 0x and digits; 0x alone for any other failure. */
    String revertData() {
        return revertData;
    }

    public Kind kind() {
        return kind;
    }
}
