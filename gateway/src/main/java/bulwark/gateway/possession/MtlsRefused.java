package bulwark.gateway.possession;

/** A client certificate that is not accepted, inside of its check. The message is for the caller. */
final class MtlsRefused extends RuntimeException {
    private final MtlsFault fault;

    MtlsRefused(MtlsFault fault, String detail) {
        super(detail, null, false, false);
        this.fault = fault;
    }

    MtlsFault fault() {
        return fault;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
