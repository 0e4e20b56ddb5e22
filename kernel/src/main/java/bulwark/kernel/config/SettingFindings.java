package bulwark.kernel.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what a check of the settings found: sentences that forbid the start, and sentences for the log of every start. */
public final class SettingFindings {
    final List<String> refusals = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    SettingFindings() {}

    /** The part does not start. The sentence names the setting and the remedy. */
    public void refuse(String sentence) {
        refusals.add(sentence);
    }

    /** Leaves out what concerns a setting that one of these sentences names first, itself or the variable that points to its file. */
    void dropReported(List<String> problems) {
        refusals.removeIf(
                refusal -> problems.stream().anyMatch(problem -> name(problem).equals(name(refusal))));
    }

    private static String name(String sentence) {
        int end = 0;
        while (end < sentence.length()
                && (Character.isLetterOrDigit(sentence.charAt(end)) || sentence.charAt(end) == '_')) {
            end++;
        }
        String name = sentence.substring(0, end);
        return name.endsWith("_FILE") ? name.substring(0, name.length() - "_FILE".length()) : name;
    }

    public void warn(String sentence) {
        warnings.add(sentence);
    }
}
