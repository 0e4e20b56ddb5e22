package bulwark.gateway.proxy;

import java.util.BitSet;
import java.util.stream.IntStream;

/** Statuses as labels of metrics. Backends choose statuses freely, so that known ones, and 0 for no answer, have a label each, and of all others the class has one. */
final class StatusLabel {
    private static final BitSet KNOWN = IntStream.of(
                    0, 101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406,
                    408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
                    500, 501, 502, 503, 504, 505, 507, 511)
            .collect(BitSet::new, BitSet::set, BitSet::or);

    private StatusLabel() {}

    /** One number for each label: the status or, where it is not known, its first digit. */
    static int key(int status) {
        return KNOWN.get(status) ? status : status / 100;
    }

    /** @param key as {@link #key} gives it */
    static String of(int key) {
        return KNOWN.get(key) ? Integer.toString(key) : key + "xx";
    }
}
