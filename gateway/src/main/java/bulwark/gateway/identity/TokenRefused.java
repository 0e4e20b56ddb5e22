package bulwark.gateway.identity;

/** A token that is not accepted, inside of its verification. */
final class TokenRefused extends RuntimeException {
    private final TokenFault fault;

    TokenRefused(TokenFault fault) {
        super(fault.code(), null, false, false);
        this.fault = fault;
    }

    TokenFault fault() {
        return fault;
    }
}
