package bulwark.facts.recall;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/**
 * The overlapping pairs of characters of a word in a script that writes words together, or a word together with its
 * particles: what is found inside of such a word without a dictionary.
 */
final class ScriptPieces {
    /** Thai is the first of these scripts. */
    private static final int FIRST_JOINED = 0x0E00;

    /** Unicode gives it to several scripts. */
    private static final int KATAKANA_LONG_VOWEL = 0x30FC;

    private ScriptPieces() {}

    /** What the index keeps beside the whole word; empty for a word that spaces delimit. */
    static List<String> ofFact(String word) {
        return pieces(word, true);
    }

    /** What a query asks for beside the whole word. */
    static List<String> ofQuery(String word) {
        return pieces(word, false);
    }

    /** Of so many pieces of a query word, those that a fact must contain. A Korean noun keeps its first syllables, whatever particle follows. */
    static int required(String word, int pieces) {
        if (script(word.codePointAt(0)) == UnicodeScript.HANGUL) {
            return (pieces + 1) / 2;
        }
        return pieces <= 3 ? pieces : Math.max(3, pieces * 2 / 5);
    }

    private static List<String> pieces(String word, boolean syllables) {
        if (word.codePoints().noneMatch(c -> isJoined(script(c)))) {
            return List.of();
        }
        int[] points = word.codePoints().toArray();
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            if (!isJoined(script(points[i]))) {
                continue;
            }
            if (i + 1 < points.length && isJoined(script(points[i + 1])) && points.length > 2) {
                pieces.add(new String(points, i, 2));
            }
            // One syllable may be a word, which a particle follows.
            if (syllables && points.length > 1 && script(points[i]) == UnicodeScript.HANGUL) {
                pieces.add(Character.toString(points[i]));
            }
        }
        return pieces;
    }

    private static UnicodeScript script(int c) {
        if (c == KATAKANA_LONG_VOWEL) {
            return UnicodeScript.KATAKANA;
        }
        return c < FIRST_JOINED ? UnicodeScript.COMMON : UnicodeScript.of(c);
    }

    private static boolean isJoined(UnicodeScript script) {
        return switch (script) {
            case THAI, LAO, KHMER, MYANMAR, HANGUL, KATAKANA -> true;
            default -> false;
        };
    }
}
