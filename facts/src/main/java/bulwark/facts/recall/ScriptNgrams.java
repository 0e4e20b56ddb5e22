package bulwark.facts.recall;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/**
 * The n-grams of a word: the overlapping pairs of characters, and single syllables of Korean, of a word in a script that writes words together, or a word together with its
 * particles: what is found inside of such a word without a dictionary.
 */
final class ScriptNgrams {
    /** Thai is the first of these scripts. */
    private static final int FIRST_JOINED = 0x0E00;

    /** Unicode gives it to several scripts. */
    private static final int KATAKANA_LONG_VOWEL = 0x30FC;

    private ScriptNgrams() {}

    /** What the index keeps beside the whole word; empty for a word that spaces delimit. */
    static List<String> ofFact(String word) {
        return ngrams(word, true);
    }

    /** What a query asks for beside the whole word. */
    static List<String> ofQuery(String word) {
        return ngrams(word, false);
    }

    /** Of so many n-grams of a query word, those that a fact must contain. A Korean noun keeps its first syllables, whatever particle follows. */
    static int required(String word, int ngrams) {
        if (script(word.codePointAt(0)) == UnicodeScript.HANGUL) {
            return (ngrams + 1) / 2;
        }
        return ngrams <= 3 ? ngrams : Math.max(3, ngrams * 2 / 5);
    }

    private static List<String> ngrams(String word, boolean syllables) {
        if (word.codePoints().noneMatch(c -> isJoined(script(c)))) {
            return List.of();
        }
        int[] points = word.codePoints().toArray();
        List<String> ngrams = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            if (!isJoined(script(points[i]))) {
                continue;
            }
            if (i + 1 < points.length && isJoined(script(points[i + 1])) && points.length > 2) {
                ngrams.add(new String(points, i, 2));
            }
            // One syllable may be a word, which a particle follows.
            if (syllables && points.length > 1 && script(points[i]) == UnicodeScript.HANGUL) {
                ngrams.add(Character.toString(points[i]));
            }
        }
        return ngrams;
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
