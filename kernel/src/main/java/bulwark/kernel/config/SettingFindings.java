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

    public void warn(String sentence) {
        warnings.add(sentence);
    }
}
