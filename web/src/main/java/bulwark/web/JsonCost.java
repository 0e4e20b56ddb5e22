package bulwark.web;

/** Estimates, before anything is parsed, what the tree of a JSON text will hold in memory. An upper bound for usual trees; stateless. */
final class JsonCost {
    private static final int CHEAP = 1024;
    private static final int WORST_PER_BYTE = 32;
    private static final long TEXT = 3;
    private static final long OBJECT = 160;
    private static final long ARRAY = 96;
    private static final long MEMBER = 64;
    private static final long ELEMENT = 32;

    private JsonCost() {}

    static long of(byte[] json) {
        if (json.length <= CHEAP) {
            return (long) json.length * WORST_PER_BYTE;
        }
        long cost = TEXT * json.length;
        for (byte b : json) {
            cost += switch (b) {
                case '{' -> OBJECT;
                case '[' -> ARRAY;
                case ':' -> MEMBER;
                case ',' -> ELEMENT;
                default -> 0;
            };
        }
        return cost;
    }
}
