package bulwark.kernel.config;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.time.Durations;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How each kind of setting is written. */
final class SettingValues {
    private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
    private static final Set<String> FALSE = Set.of("0", "false", "no", "off");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?|-?\\.[0-9]{1,18}");

    private SettingValues() {}

    /** What is wrong, to stand after the name; null when nothing is. */
    static @Nullable String problem(Setting setting, String text) {
        boolean fits = switch (setting.kind()) {
            case TEXT, PATH, LIST -> text.chars().noneMatch(c -> c < ' ' && c != '\t');
            case COUNT -> COUNT.matcher(text).matches();
            case NUMBER -> NUMBER.matcher(text).matches();
            case FLAG -> isTrue(text) || FALSE.contains(text.toLowerCase(Locale.ROOT));
            case PORT -> COUNT.matcher(text).matches() && Long.parseLong(text) <= 65_535;
            case DURATION -> Durations.find(text).isPresent();
            case CHOICE -> setting.choices().contains(text.toLowerCase(Locale.ROOT));
        };
        return fits ? null : "must be " + expected(setting) + ", not \"" + PrintableText.of(text) + "\"";
    }

    static boolean isTrue(String text) {
        return TRUE.contains(text.toLowerCase(Locale.ROOT));
    }

    static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    private static String expected(Setting setting) {
        return switch (setting.kind()) {
            case TEXT, PATH, LIST -> "text without control characters";
            case COUNT -> "a whole number of 0 or more";
            case NUMBER -> "a number";
            case FLAG -> "1 or 0 (also true/false, yes/no, on/off)";
            case PORT -> "a port between 0 and 65535";
            case DURATION -> Durations.expected();
            case CHOICE -> "one of " + String.join(", ", setting.choices());
        };
    }
}
