package bulwark.gateway.proxy;

import bulwark.gateway.http1.Field;
import java.util.List;

/** Whether a header line gives way to one that the gateway sets under the same name. */
final class FieldOverride {
    private FieldOverride() {}

    /** @param own names and values in turn */
    static boolean isNamed(byte[] bytes, long field, List<String> own) {
        int start = Field.nameStart(field);
        int length = Field.nameEnd(field) - start;
        for (int i = 0; i + 1 < own.size(); i += 2) {
            String name = own.get(i);
            if (name.length() == length && isEqual(bytes, start, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEqual(byte[] bytes, int start, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (lower(bytes[start + i]) != lower(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c == '_' ? '-' : c;
    }
}
