package bulwark.doctor.report;

import bulwark.kernel.error.PrintableText;

/** What a target said, made fit for every form of a report: neither a terminal nor an XML or HTML reader obeys anything in it. */
final class ReportText {
    private ReportText() {}

    /** One line. Noncharacters of Unicode, which XML forbids, become question marks as control characters do. */
    static String harmless(String text) {
        String line = PrintableText.line(text);
        if (line.codePoints().noneMatch(ReportText::isNoncharacter)) {
            return line;
        }
        StringBuilder out = new StringBuilder(line.length());
        line.codePoints().forEach(c -> out.appendCodePoint(isNoncharacter(c) ? '?' : c));
        return out.toString();
    }

    private static boolean isNoncharacter(int c) {
        return (c & 0xFFFE) == 0xFFFE || c >= 0xFDD0 && c <= 0xFDEF;
    }
}
