package bulwark.gateway.proxy;

import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import java.util.List;

/** Header lines that the gateway sets, and whether another line gives way to one of the same name. */
final class FieldOverride {
    private FieldOverride() {}

    /** @param own names and values in turn */
    static boolean isNamed(byte[] bytes, long field, List<String> own) {
        int start = Field.nameStart(field);
        int length = Field.nameEnd(field) - start;
        for (int i = 0; i + 1 < own.size(); i += 2) {
            String name = own.get(i);
            if (name.length() == length && HeaderName.isSame(bytes, start, name)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the lines, but for those of an empty value. @param fields names and values in turn */
    static void write(HeadWriter writer, List<String> fields) {
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (!fields.get(i + 1).isEmpty()) {
                writer.field(fields.get(i), fields.get(i + 1));
            }
        }
    }
}
