package bulwark.gateway.route;

/** A request target that is not read. One instance for each fault and no stack trace, because callers can cause it as often as they like. */
public final class PathRefused extends Exception {
    private final PathFault fault;

    PathRefused(PathFault fault, String sentence) {
        super(sentence, null, false, false);
        this.fault = fault;
    }

    public PathFault fault() {
        return fault;
    }
}
