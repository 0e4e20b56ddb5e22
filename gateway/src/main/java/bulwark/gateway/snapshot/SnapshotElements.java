package bulwark.gateway.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the elements of the long lists of a statement stand, so that those which stood there word for word before are not read again. It judges nothing: what it does not understand it leaves as it
 * is, and what is left of a statement is read as strictly as any. Not changed after it is made.
 */
final class SnapshotElements {
    /** Stands in place of an element that is known. Nothing is read from it: which elements are known is counted beside. */
    private static final byte KNOWN = '0';

    private final Map<String, List<String>> byMember;
    private final byte[] rest;

    private SnapshotElements(Map<String, List<String>> byMember, byte[] rest) {
        this.byMember = byMember;
        this.rest = rest;
    }

    /** Whether an element of a member needs no reading. */
    interface Knowledge {
        boolean has(String member, String element);
    }

    /** @param members lists of the statement, of objects or texts each */
    static SnapshotElements of(byte[] statement, List<String> members, Knowledge known) {
        Scan scan = new Scan(statement, members, known);
        return scan.run()
                ? new SnapshotElements(scan.found, scan.rest.toByteArray())
                : new SnapshotElements(Map.of(), statement);
    }

    /** The statement without the elements that are known. */
    byte[] rest() {
        return rest;
    }

    /** The text of an element, each byte a character; null where nothing was found. */
    @Nullable
    String text(String member, int index) {
        List<String> texts = list(member);
        return index >= texts.size() ? null : texts.get(index);
    }

    /** Of all its elements; empty where nothing was found. */
    List<String> list(String member) {
        return byMember.getOrDefault(member, List.of());
    }

    /** Over JSON without blanks, as it is signed. */
    private static final class Scan {
        private final byte[] json;
        private final List<String> members;
        private final Knowledge known;
        private final Map<String, List<String>> found = new HashMap<>();
        private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
        private int at;
        private int copied;

        Scan(byte[] json, List<String> members, Knowledge known) {
            this.json = json;
            this.members = members;
            this.known = known;
        }

        /** @return false for what is no object in this form */
        boolean run() {
            if (!take('{')) {
                return false;
            }
            do {
                int name = at;
                if (!skipString() || !take(':')) {
                    return false;
                }
                String member = new String(json, name + 1, at - name - 3, StandardCharsets.ISO_8859_1);
                boolean listed = members.contains(member) && !found.containsKey(member) && peek() == '[';
                if (!(listed ? elements(member) : skipValue())) {
                    return false;
                }
            } while (take(','));
            if (!take('}') || at != json.length) {
                return false;
            }
            copyTo(at);
            return true;
        }

        private boolean elements(String member) {
            List<String> texts = new ArrayList<>();
            found.put(member, texts);
            take('[');
            if (take(']')) {
                return true;
            }
            do {
                int from = at;
                if (peek() != '{' && peek() != '"' || !skipValue()) {
                    return false;
                }
                String text = new String(json, from, at - from, StandardCharsets.ISO_8859_1);
                texts.add(text);
                if (known.has(member, text)) {
                    copyTo(from);
                    rest.write(KNOWN);
                    copied = at;
                }
            } while (take(','));
            return take(']');
        }

        private void copyTo(int end) {
            rest.write(json, copied, end - copied);
            copied = end;
        }

        private int peek() {
            return at < json.length ? json[at] : -1;
        }

        private boolean take(char c) {
            if (peek() != c) {
                return false;
            }
            at++;
            return true;
        }

        private boolean skipString() {
            if (!take('"')) {
                return false;
            }
            while (at < json.length) {
                byte b = json[at++];
                if (b == '"') {
                    return true;
                }
                if (b == '\\') {
                    at++;
                }
            }
            return false;
        }

        private boolean skipValue() {
            int depth = 0;
            do {
                int c = peek();
                if (c == '"') {
                    if (!skipString()) {
                        return false;
                    }
                } else if (c == '{' || c == '[') {
                    depth++;
                    at++;
                } else if (c == '}' || c == ']') {
                    depth--;
                    at++;
                } else if (c == -1) {
                    return false;
                } else {
                    at++;
                }
            } while (depth > 0 || isInScalar());
            return depth == 0;
        }

        /** Numbers and words go on until the next separator. */
        private boolean isInScalar() {
            int c = peek();
            byte before = json[at - 1];
            boolean ended = before == '"' || before == '}' || before == ']';
            return !ended && c != ',' && c != '}' && c != ']' && c != -1;
        }
    }
}
