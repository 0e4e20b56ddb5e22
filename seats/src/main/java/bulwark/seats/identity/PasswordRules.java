package bulwark.seats.identity;

import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretBytes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a new password must be: the advice of the runbook, enforced. A sentence never repeats the password. */
final class PasswordRules {
    private static final int MIN_CHARACTERS = 20;
    private static final int MAX_CHARACTERS = 128;
    /** Shorter pieces are words that anybody may use inside a long password. */
    private static final int MIN_PUBLISHED_CHARACTERS = 8;

    private static final String ENDS = "!?.@#$%&*-_+=";
    private static final int FIRST_YEAR = 2015;
    private static final int LAST_YEAR = 2035;

    private PasswordRules() {}

    /** What is wrong with it, to stand after the name of the field. */
    static Optional<String> problem(String password, String username) {
        if (resemblesPublished(password)) {
            return Optional.of("was published, or is a variant of one that was: make a random one");
        }
        int length = password.codePointCount(0, password.length());
        if (length < MIN_CHARACTERS || length > MAX_CHARACTERS) {
            return Optional.of("must have " + MIN_CHARACTERS + " to " + MAX_CHARACTERS + " characters");
        }
        if (password.toLowerCase(Locale.ROOT).contains(username.toLowerCase(Locale.ROOT))) {
            return Optional.of("must not hold the username");
        }
        boolean mixed = password.chars().anyMatch(Character::isUpperCase)
                && password.chars().anyMatch(Character::isLowerCase);
        boolean digit = password.chars().anyMatch(Character::isDigit);
        boolean symbol = password.codePoints().anyMatch(c -> !Character.isLetterOrDigit(c) && c > ' ');
        boolean varied = password.chars().distinct().count() >= MIN_CHARACTERS / 2;
        return mixed && digit && symbol && varied
                ? Optional.empty()
                : Optional.of("must have letters of both cases, a digit, a symbol, and ten different characters: let a"
                        + " password manager make it");
    }

    /** Whether it is a value that was published, or one in which only case, a year, or what stands around it differs. Only digests of such values are known, so that variants are tried. */
    static boolean resemblesPublished(String password) {
        Set<String> tried = new LinkedHashSet<>();
        for (int from = 0; from < password.length(); from++) {
            for (int to = from + MIN_PUBLISHED_CHARACTERS; to <= Math.min(password.length(), from + 40); to++) {
                tried.addAll(cases(password.substring(from, to)));
            }
        }
        String stem = password.replaceFirst("[0-9]*[^\\p{L}0-9]*$", "").replaceFirst("[0-9]{1,4}$", "");
        for (int year = FIRST_YEAR; year <= LAST_YEAR && stem.length() >= MIN_PUBLISHED_CHARACTERS / 2; year++) {
            for (String before : new String[] {"", "@", "-", "_", "#"}) {
                tried.addAll(cases(stem + before + year));
                for (int i = 0; i < ENDS.length(); i++) {
                    tried.addAll(cases(stem + before + year + ENDS.charAt(i)));
                }
            }
        }
        return tried.stream().anyMatch(variant -> CompromisedSecrets.contains(SecretBytes.ofText(variant)));
    }

    private static Set<String> cases(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        Set<String> cases = new LinkedHashSet<>(List.of(text, lower));
        cases.add(Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
        cases.add(text.toUpperCase(Locale.ROOT));
        return cases;
    }
}
