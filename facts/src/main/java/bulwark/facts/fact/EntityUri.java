package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.web.ApiRefusal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one spelling under which an entity or source is stored and looked up. */
public final class EntityUri {
    // Python's \s, which upstream normalises by: Unicode white space and the four separators U+001C to U+001F.
    private static final Pattern SPACE = Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern ENDS =
            Pattern.compile("^[\\s\\x1c-\\x1f]+|[\\s\\x1c-\\x1f]+$", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern FORMAL = Pattern.compile("stigmem://([^/]+)/([^/]+)/(.+)", Pattern.DOTALL);

    private EntityUri() {}

    /** @throws ApiRefusal when nothing but white space is left */
    public static String normalise(String raw) {
        if (isPlain(raw)) {
            return raw;
        }
        String trimmed = ENDS.matcher(raw).replaceAll("");
        if (trimmed.isEmpty()) {
            throw new ApiRefusal(MALFORMED, "invalid_entity_uri", "invalid_entity_uri: entity URI must not be empty");
        }
        Matcher formal = FORMAL.matcher(trimmed);
        if (formal.matches()) {
            String head = "stigmem://" + formal.group(1) + "/" + formal.group(2) + "/";
            return head.toLowerCase(Locale.ROOT) + hyphenated(formal.group(3));
        }
        return hyphenated(trimmed);
    }

    private static String hyphenated(String text) {
        return SPACE.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
    }

    private static boolean isPlain(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return !raw.isEmpty();
    }
}
