package bulwark.kernel.evidence.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A text with signature lines behind it. Source of the form: C2SP signed-note. What it says counts only once a {@link NoteKey} verified a line.
 *
 * @param text ends with a line feed
 */
public record SignedNote(String text, List<Line> lines) {
    static final int MAX_LINES = 100;
    private static final int MAX_BYTES = 1 << 20;
    private static final String DASH = "\u2014 ";
    private static final int HINT_BYTES = 4;

    public SignedNote {
        lines = List.copyOf(lines);
    }

    /**
     * One signature.
     *
     * @param name of the key
     * @param keyId eight hex digits
     * @param signature at least one byte
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Line(String name, String keyId, byte[] signature) {
        public Line {
            signature = signature.clone();
        }

        /** A copy. */
        @Override
        public byte[] signature() {
            return signature.clone();
        }

        private String text() {
            byte[] hint = HexFormat.of().parseHex(keyId);
            byte[] both = Arrays.copyOf(hint, HINT_BYTES + signature.length);
            System.arraycopy(signature, 0, both, HINT_BYTES, signature.length);
            return DASH + name + " " + StrictBase64.text(both) + "\n";
        }
    }

    /** @throws NoteRefused with what is wrong */
    public static SignedNote parse(byte[] utf8) throws NoteRefused {
        if (utf8.length > MAX_BYTES) {
            throw new NoteRefused("the note is larger than 1 MiB");
        }
        String note;
        try {
            note = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new NoteRefused("the note is not UTF-8");
        }
        return parse(note);
    }

    /** As {@link #parse(byte[])}, of a text that was decoded already. */
    public static SignedNote parse(String note) throws NoteRefused {
        if (note.chars().anyMatch(character -> character < ' ' && character != '\n')) {
            throw new NoteRefused("the note holds a control character");
        }
        int end = note.lastIndexOf("\n\n");
        if (end < 0 || end + 2 == note.length() || !note.endsWith("\n")) {
            throw new NoteRefused("the note has no signature lines behind an empty line");
        }
        String[] signatures = note.substring(end + 2, note.length() - 1).split("\n", -1);
        if (signatures.length > MAX_LINES) {
            throw new NoteRefused("the note has more than " + MAX_LINES + " signature lines");
        }
        List<Line> lines = new ArrayList<>();
        for (String signature : signatures) {
            lines.add(line(signature));
        }
        return new SignedNote(note.substring(0, end + 1), lines);
    }

    private static Line line(String line) throws NoteRefused {
        int space = line.indexOf(' ', DASH.length());
        if (!line.startsWith(DASH) || space < 0) {
            throw new NoteRefused("a signature line is not a dash, a name and a signature");
        }
        String name = line.substring(DASH.length(), space);
        byte[] both = StrictBase64.bytes(line.substring(space + 1));
        if (!isName(name) || both == null || both.length <= HINT_BYTES) {
            throw new NoteRefused("a signature line has a malformed name or signature");
        }
        return new Line(
                name, HexFormat.of().formatHex(both, 0, HINT_BYTES), Arrays.copyOfRange(both, HINT_BYTES, both.length));
    }

    /** Whether a key may have this name: at least one character, no space of Unicode, no plus sign, no control character. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.codePoints()
                        .noneMatch(point -> point == '+'
                                || point < ' '
                                || point == 0x85
                                || Character.isWhitespace(point)
                                || Character.isSpaceChar(point)
                                || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
    }

    public SignedNote with(Line line) {
        List<Line> more = new ArrayList<>(lines);
        more.add(line);
        return new SignedNote(text, more);
    }

    /** The whole note. */
    public String note() {
        StringBuilder note = new StringBuilder(text).append('\n');
        lines.forEach(line -> note.append(line.text()));
        return note.toString();
    }
}
