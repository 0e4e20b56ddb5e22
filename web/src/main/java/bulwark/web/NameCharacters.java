package bulwark.web;

import java.util.OptionalInt;

/** Finds characters that show nothing or turn the text around them: two names that look alike must not differ by such. */
final class NameCharacters {
    private NameCharacters() {}

    /**
     * @param folded white space is folded away when the name is normalised, so it does not count
     * @return the first control, bidirectional, zero-width, tag or other invisible code point
     */
    static OptionalInt firstHidden(String name, boolean folded) {
        return name.codePoints()
                .filter(point -> isHidden(point) && !(folded && isSpace(point)))
                .findFirst();
    }

    private static boolean isHidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT -> !isArabicOrKaithiSign(point);
            default -> point > 0x7f && isIgnorable(point);
        };
    }

    /** Formally format characters, but drawn: they stand over or before numbers. */
    private static boolean isArabicOrKaithiSign(int point) {
        return (point >= 0x600 && point <= 0x605)
                || (point >= 0x890 && point <= 0x891)
                || point == 0x6dd
                || point == 0x70f
                || point == 0x8e2
                || point == 0x110bd
                || point == 0x110cd;
    }

    /** What Unicode calls default-ignorable and does not count among the format characters. */
    private static boolean isIgnorable(int point) {
        return point == 0x34f
                || (point >= 0x115f && point <= 0x1160)
                || (point >= 0x17b4 && point <= 0x17b5)
                || (point >= 0x180b && point <= 0x180f)
                || (point >= 0x2060 && point <= 0x206f)
                || point == 0x3164
                || (point >= 0xfe00 && point <= 0xfe0f)
                || point == 0xffa0
                || (point >= 0xfff0 && point <= 0xfff8)
                || (point >= 0xe0000 && point <= 0xe0fff);
    }

    private static boolean isSpace(int point) {
        return (point >= 0x9 && point <= 0xd)
                || (point >= 0x1c && point <= 0x1f)
                || point == 0x85
                || point == 0x2028
                || point == 0x2029;
    }
}
