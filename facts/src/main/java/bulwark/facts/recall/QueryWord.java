package bulwark.facts.recall;

import java.util.List;

/**
 * One word of a query.
 *
 * @param ngrams see {@link ScriptNgrams}; empty for a word that spaces delimit
 */
record QueryWord(String text, List<String> ngrams) {
    private static final int MAX_LENGTH = 32;

    /** Whether other spellings of the word may be tried: names with digits are taken as they are. */
    boolean hasVariants() {
        return text.length() <= MAX_LENGTH && isLatin(text);
    }

    /** Accents are gone already. */
    static boolean isLatin(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < 'a' || word.charAt(i) > 'z') {
                return false;
            }
        }
        return !word.isEmpty();
    }
}
